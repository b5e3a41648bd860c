package dev.privateapi.status;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.privateapi.api.v1alpha1.PrivateApiStack;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes events. The same thing said again soon is counted in the event that is there (a series), so that a stack that goes
 * back and forth does not flood its namespace. An event that cannot be written is logged: no stack waits for it.
 */
public final class Events {

    private static final Logger LOG = LoggerFactory.getLogger(Events.class);
    private static final String CONTROLLER = "privateapi.dev/operator";
    private static final int LONGEST_NOTE = 1024;
    private static final Duration SOON = Duration.ofMinutes(10);
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final KubernetesClient client;
    private final Clock clock;
    private final String instance;
    private final AtomicLong written = new AtomicLong();
    private final Cache<Said, Event> said = Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(SOON).build();

    private record Said(String uid, Notice notice) {}

    /** @param instance which process says it, such as the pod's name */
    public Events(KubernetesClient client, Clock clock, String instance) {
        this.client = client;
        this.clock = clock;
        this.instance = instance;
    }

    public void publish(PrivateApiStack stack, Notice notice) {
        LOG.atLevel(notice.warning() ? org.slf4j.event.Level.WARN : org.slf4j.event.Level.INFO)
                .log("{}: {}", notice.reason(), notice.note());
        Said key = new Said(stack.getMetadata().getUid(), notice);
        try {
            Event known = said.getIfPresent(key);
            said.put(key, known == null ? client.resource(first(stack, notice)).create() : client.resource(again(known)).update());
        } catch (KubernetesClientException e) {
            said.invalidate(key);
            LOG.warn("The event {} could not be written: {}", notice.reason(), e.getMessage());
        }
    }

    private Event first(PrivateApiStack stack, Notice notice) {
        String note = notice.note();
        return new EventBuilder()
                .withNewMetadata()
                .withName(name(stack))
                .withNamespace(stack.getMetadata().getNamespace())
                .endMetadata()
                .withRegarding(reference(stack))
                .withType(notice.warning() ? "Warning" : "Normal")
                .withReason(notice.reason())
                .withAction("Reconcile")
                .withNote(note.length() <= LONGEST_NOTE ? note : note.substring(0, LONGEST_NOTE - 1) + "…")
                .withReportingController(CONTROLLER)
                .withReportingInstance(instance)
                .withEventTime(now())
                .build();
    }

    /** As client-go names events; a generated name could not end in the dot that sets the stack's name apart. */
    private String name(PrivateApiStack stack) {
        Instant now = clock.instant();
        long nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano() + written.getAndIncrement();
        return stack.getMetadata().getName() + "." + Long.toHexString(nanos);
    }

    private Event again(Event known) {
        int count = known.getSeries() == null ? 1 : known.getSeries().getCount();
        return known.edit()
                .withNewSeries()
                .withCount(count + 1)
                .withLastObservedTime(now())
                .endSeries()
                .build();
    }

    private MicroTime now() {
        return new MicroTime(MICROS.format(clock.instant()));
    }

    private static ObjectReference reference(PrivateApiStack stack) {
        return new ObjectReferenceBuilder()
                .withApiVersion(stack.getApiVersion())
                .withKind(stack.getKind())
                .withName(stack.getMetadata().getName())
                .withNamespace(stack.getMetadata().getNamespace())
                .withUid(stack.getMetadata().getUid())
                .build();
    }
}
