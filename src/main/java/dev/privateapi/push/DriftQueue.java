package dev.privateapi.push;

import dev.privateapi.aws.AwsErrors;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.Message;

/**
 * One SQS queue, read by one thread for as long as the process works. A message is deleted once its write was handed over: a
 * process that dies before it has looked is followed by one that looks at everything.
 */
public final class DriftQueue {

    private static final Logger LOG = LoggerFactory.getLogger(DriftQueue.class);
    /** Five seconds less than SQS allows (API reference, ReceiveMessage): the client gives up a silent connection after 20. */
    private static final int WAIT_SECONDS = 15;
    private static final int MOST = 10;
    /** A read that fails loses nothing, since SQS keeps the messages: polling comes back when it goes on for this long. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int LONGEST_PAUSE_SECONDS = 30;

    private final Source source;
    private final SqsClient sqs;
    private final Callers callers;
    private final Ear ear;
    private final MeterRegistry metrics;
    private volatile Instant lastRead = Instant.MIN;
    private boolean told;
    private String lastSaid = "";

    /**
     * @param region whose events it gets
     * @param timeScale how many times faster than life AWS runs, 1 for AWS itself
     */
    public record Source(String region, String url, Clock clock, double timeScale) {

        private Duration scaled(Duration duration) {
            return Duration.ofNanos((long) (duration.toNanos() / timeScale));
        }
    }

    public DriftQueue(Source source, SqsClient sqs, Callers callers, Ear ear, MeterRegistry metrics) {
        this.source = source;
        this.sqs = sqs;
        this.callers = callers;
        this.ear = ear;
        this.metrics = metrics;
        Gauge.builder("privateapi.drift.queue.read", this, queue -> queue.read() ? 1 : 0)
                .description("Whether the queue of a Region has been read within the last minute, so that polling is slow there")
                .tag("region", source.region())
                .register(metrics);
    }

    /** Whether whatever happens in the Region is told: the queue has been read lately. */
    public boolean read() {
        return lastRead.isAfter(source.clock().instant().minus(source.scaled(PATIENCE)));
    }

    /** Returns when the process stops. Never throws. */
    public void listen(BooleanSupplier stopping) {
        int failures = 0;
        while (!stopping.getAsBoolean()) {
            try {
                receive();
                failures = 0;
                hearing();
            } catch (RuntimeException e) {
                failures++;
                if (!stopping.getAsBoolean()) {
                    failed(e);
                }
                if (!pause(failures)) {
                    return;
                }
            }
        }
    }

    private void receive() {
        List<Message> messages = sqs.receiveMessage(request -> request
                .queueUrl(source.url()).waitTimeSeconds(WAIT_SECONDS).maxNumberOfMessages(MOST)).messages();
        messages.forEach(message -> hear(message.body()));
        if (!messages.isEmpty()) {
            // What is not deleted comes again, and costs one more look.
            sqs.deleteMessageBatch(request -> request.queueUrl(source.url())
                    .entries(messages.stream().map(DriftQueue::deletion).toList()));
        }
        lastRead = source.clock().instant();
    }

    private static DeleteMessageBatchRequestEntry deletion(Message message) {
        return DeleteMessageBatchRequestEntry.builder().id(message.messageId()).receiptHandle(message.receiptHandle()).build();
    }

    private void hear(String message) {
        Optional<Write> write = Write.of(message);
        boolean own = write.filter(callers::own).isPresent();
        String by = own ? "operator" : write.isPresent() ? "others" : "nobody";
        metrics.counter("privateapi.drift.messages", "by", by).increment();
        write.filter(it -> !own).ifPresent(it -> {
            if (it.nameless()) {
                ear.written(source.region());
            } else {
                ear.written(it.names());
            }
        });
    }

    private void hearing() {
        lastSaid = "";
        if (!told) {
            told = true;
            LOG.info("Changes in {} are told by {}", source.region(), source.url());
        }
    }

    /** An outage is told when it begins and when polling comes back for it, and not at each try. */
    private void failed(RuntimeException e) {
        String why = AwsErrors.problem(e).message();
        if (told && !read()) {
            told = false;
            LOG.warn("Nothing is told of changes in {} any more, so it is polled again: {} cannot be read: {}",
                    source.region(), source.url(), why);
            ear.deaf(source.region());
        } else if (!why.equals(lastSaid)) {
            LOG.warn("{} could not be read: {}", source.url(), why);
        }
        lastSaid = why;
    }

    /** @return false if the thread is to end */
    private boolean pause(int failures) {
        long seconds = Math.min(1L << Math.min(failures, 10), LONGEST_PAUSE_SECONDS);
        Duration pause = Duration.ofMillis((long) (seconds * 1_000 * ThreadLocalRandom.current().nextDouble(0.5, 1)));
        try {
            Thread.sleep(source.scaled(pause));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
