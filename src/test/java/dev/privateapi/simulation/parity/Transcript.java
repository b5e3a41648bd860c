package dev.privateapi.simulation.parity;

import dev.privateapi.aws.Aws;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** What one AWS answered to a script: what it refused by which code, and what it showed. Ids are not written down. */
final class Transcript {

    private final Aws aws;
    private final Consumer<Duration> clock;
    private final List<String> lines = new ArrayList<>();

    /** @param clock lets time pass on that AWS */
    Transcript(Aws aws, Consumer<Duration> clock) {
        this.aws = aws;
        this.clock = clock;
    }

    Aws aws() {
        return aws;
    }

    List<String> lines() {
        return lines;
    }

    void passes(int seconds) {
        clock.accept(Duration.ofSeconds(seconds));
        lines.add(seconds + " s later");
    }

    /** A call that has to be answered. */
    <T> T made(String what, Supplier<T> call) {
        try {
            T answer = call.get();
            lines.add(what + " is done");
            return answer;
        } catch (AwsServiceException e) {
            throw new AssertionError(what + " is refused after " + lines, e);
        }
    }

    /** A call that may be refused. */
    void tried(String what, Supplier<?> call) {
        try {
            call.get();
            lines.add(what + " is done");
        } catch (AwsServiceException e) {
            lines.add(what + " is refused: " + e.awsErrorDetails().errorCode());
        }
    }

    /** Something read, or why it cannot be. */
    void seen(String what, Supplier<?> reading) {
        try {
            lines.add(what + ": " + reading.get());
        } catch (AwsServiceException e) {
            lines.add(what + " cannot be seen: " + e.awsErrorDetails().errorCode());
        }
    }
}
