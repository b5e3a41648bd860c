package dev.privateapi.aws;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which call failed. The SDK's exceptions do not tell; this rides on them as a suppressed exception, so that their type,
 * which drivers catch, stays what it is.
 */
final class Call extends Exception {

    private static final long serialVersionUID = 1L;

    private final String operation;
    private final String action;

    Call(String operation, String action) {
        super("during " + operation, null, false, false);
        this.operation = operation;
        this.action = action;
    }

    /** As in {@code CreateVpc}. */
    String operation() {
        return operation;
    }

    /** As IAM calls it: {@code ec2:CreateVpc}. */
    String action() {
        return action;
    }

    static Optional<Call> of(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .limit(20)
                .flatMap(cause -> Arrays.stream(cause.getSuppressed()))
                .filter(Call.class::isInstance)
                .map(Call.class::cast)
                .findFirst();
    }
}
