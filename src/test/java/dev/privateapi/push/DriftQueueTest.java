package dev.privateapi.push;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.push.DriftQueue.Source;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequest;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchResponse;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageRequest;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageResponse;

/** One thread, a scripted SQS, and a clock that the script moves. */
class DriftQueueTest {

    private static final String OPERATOR = "arn:aws:iam::123456789012:user/operator";
    private static final String PERSON = "arn:aws:iam::123456789012:user/person";

    private final List<String> said = new ArrayList<>();
    private final Deque<Supplier<List<String>>> script = new ArrayDeque<>();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private Instant now = Instant.parse("2025-11-24T12:00:00Z");
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    private boolean deletes = true;
    private final DriftQueue queue = new DriftQueue(new Source("ap-northeast-1", "https://sqs/drift", clock, 100_000),
            new Scripted(), new Callers(List.of(OPERATOR)), new Listener(), metrics);

    private String event(String caller, String id) {
        return Heard.event(caller, "ec2", "DeleteVpc", "\"requestParameters\": {\"vpcId\": \"" + id + "\"}");
    }

    private void listen() {
        queue.listen(script::isEmpty);
    }

    private void fails(Duration later) {
        script.add(() -> {
            now = now.plus(later);
            throw new IllegalStateException("no");
        });
    }

    @Test
    void tellsOfOthersAndDeletesWhatItTold() {
        script.add(() -> List.of(event(PERSON, "vpc-1"), event(OPERATOR, "vpc-2"), "nonsense"));

        listen();

        assertThat(said).as("handed over before it is deleted; the operator's own call is nobody's business")
                .containsExactly("written [vpc-1]", "deleted 0,1,2");
        assertThat(metrics.counter("privateapi.drift.messages", "by", "operator").count()).isEqualTo(1);
        assertThat(metrics.counter("privateapi.drift.messages", "by", "others").count()).isEqualTo(1);
    }

    @Test
    void whatNamesNothingIsToldToTheWholeRegion() {
        script.add(() -> List.of(Heard.event(PERSON, "ec2", "DisassociateRouteTable",
                "\"requestParameters\": {\"associationId\": \"rtbassoc-1\"}")));

        listen();

        assertThat(said).startsWith("written in ap-northeast-1");
    }

    @Test
    void isReliedOnFromTheFirstReadAndOnlyForAMinute() {
        assertThat(queue.read()).as("before anything was read").isFalse();
        script.add(List::of);

        listen();

        assertThat(queue.read()).isTrue();
        now = now.plusSeconds(61);
        assertThat(queue.read()).as("a thread that hangs tells nothing either").isFalse();
    }

    @Test
    void failureOfAMinuteIsToldOnceAndEndsWithTheNextRead() {
        script.add(List::of);
        fails(Duration.ofMillis(1));
        fails(Duration.ofSeconds(61));
        fails(Duration.ofSeconds(61));
        script.add(List::of);

        listen();

        assertThat(said).as("one failure is none: SQS keeps the messages").containsExactly("deaf ap-northeast-1");
        assertThat(queue.read()).isTrue();
    }

    @Test
    void queueThatWasNeverReadMakesNobodyLookMoreOften() {
        fails(Duration.ofSeconds(61));
        fails(Duration.ofSeconds(61));

        listen();

        assertThat(said).isEmpty();
    }

    @Test
    void messagesThatCannotBeDeletedAreNoReasonToRelyOnTheQueue() {
        deletes = false;
        script.add(() -> List.of(event(PERSON, "vpc-1")));

        listen();

        assertThat(said).contains("written [vpc-1]");
        assertThat(queue.read()).isFalse();
    }

    private final class Listener implements Ear {

        @Override
        public void written(Set<String> names) {
            said.add("written " + names);
        }

        @Override
        public void written(String region) {
            said.add("written in " + region);
        }

        @Override
        public void deaf(String region) {
            said.add("deaf " + region);
        }
    }

    private final class Scripted implements SqsClient {

        @Override
        public ReceiveMessageResponse receiveMessage(ReceiveMessageRequest request) {
            List<String> bodies = script.remove().get();
            List<Message> messages = new ArrayList<>();
            bodies.forEach(body -> messages.add(
                    Message.builder().messageId(Integer.toString(messages.size())).receiptHandle("r").body(body).build()));
            return ReceiveMessageResponse.builder().messages(messages).build();
        }

        @Override
        public DeleteMessageBatchResponse deleteMessageBatch(DeleteMessageBatchRequest request) {
            if (!deletes) {
                throw new IllegalStateException("denied");
            }
            said.add("deleted " + String.join(",", request.entries().stream().map(DeleteMessageBatchRequestEntry::id).toList()));
            return DeleteMessageBatchResponse.builder().build();
        }

        @Override
        public String serviceName() {
            return "sqs";
        }

        @Override
        public void close() {}
    }
}
