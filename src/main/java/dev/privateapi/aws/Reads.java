package dev.privateapi.aws;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The reads of one account and Region, shared by all stacks: who asks while the same question is on its way gets its
 * answer, and who can do with an older answer gets that, so that a thousand stacks cost about the calls of one.
 */
public final class Reads {

    /** An answer nobody asked for in this long is dropped: the object it speaks of is gone, or its stack. */
    private static final Duration IDLE = Duration.ofMinutes(30);

    private final Clock clock;
    private final Cache<String, Flight<?>> flights = Caffeine.newBuilder().expireAfterAccess(IDLE).build();

    public Reads(Clock clock) {
        this.clock = clock;
    }

    /**
     * @param notOlderThan the time of the caller's last write, or whatever age it can bear
     * @throws RuntimeException what the load threw, to all who waited for it; the next caller loads anew
     */
    public <T> Snapshot<T> read(Query<T> query, Instant notOlderThan) {
        Flight<T> mine = new Flight<>(clock.instant(), new CompletableFuture<>());
        @SuppressWarnings("unchecked") // a name stands for one query, and that for one type
        Flight<T> flight = (Flight<T>) flights.asMap().merge(query.name(), mine, (known, fresh) ->
                known.serves(notOlderThan) ? known : fresh);
        if (flight == mine) {
            load(query, mine);
        }
        try {
            return new Snapshot<>(flight.startedAt, flight.answer.join());
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private <T> void load(Query<T> query, Flight<T> flight) {
        try {
            flight.answer.complete(query.load().get());
        } catch (Throwable e) {
            flights.asMap().remove(query.name(), flight);
            flight.answer.completeExceptionally(e);
        }
    }

    private record Flight<T>(Instant startedAt, CompletableFuture<T> answer) {

        boolean serves(Instant notOlderThan) {
            return !startedAt.isBefore(notOlderThan) && !answer.isCompletedExceptionally();
        }
    }
}
