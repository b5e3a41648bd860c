package dev.privateapi.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.api.v1alpha1.PrivateApiStack;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
class EventsTest {

    private static final Notice WARNING = new Notice(true, "TasksFailing", "The tasks fail.");
    /** It tells every request otherwise; kept, because the logging would forget its level. */
    private static final Logger SERVER_LOG = Logger.getLogger("io.fabric8.mockwebserver");

    /** Set by the extension. */
    KubernetesClient client;
    /** Set by the extension. */
    KubernetesMockServer server;
    private final PrivateApiStack stack = new PrivateApiStack();
    private Events events;

    @BeforeAll
    static void quiet() {
        SERVER_LOG.setLevel(Level.WARNING);
    }

    @BeforeEach
    void start() {
        stack.setMetadata(new ObjectMetaBuilder().withName("poc").withNamespace("default").withUid("uid-1").build());
        events = new Events(client, new Told().clock, "pod-1");
    }

    @Test
    void saysAboutWhomAndHowBad() {
        events.publish(stack, WARNING);

        assertThat(written()).singleElement().satisfies(event -> {
            assertThat(event.getType()).isEqualTo("Warning");
            assertThat(event.getReason()).isEqualTo("TasksFailing");
            assertThat(event.getNote()).isEqualTo("The tasks fail.");
            assertThat(event.getRegarding().getUid()).isEqualTo("uid-1");
            assertThat(event.getRegarding().getKind()).isEqualTo("PrivateApiStack");
        });
    }

    @Test
    void countsWhatItSaysAgain() {
        events.publish(stack, WARNING);
        events.publish(stack, WARNING);
        events.publish(stack, WARNING);

        assertThat(written()).as("a stack that goes back and forth does not flood its namespace").singleElement()
                .satisfies(event -> assertThat(event.getSeries().getCount()).isEqualTo(3));
    }

    @Test
    void saysSomethingElseAnew() {
        events.publish(stack, WARNING);
        events.publish(stack, new Notice(false, "Ready", "Everything is as the spec says."));

        assertThat(written()).hasSize(2);
    }

    @Test
    void cutsANoteThatTheApiServerWouldRefuse() {
        events.publish(stack, new Notice(false, "Converging", "x".repeat(3000)));

        assertThat(written().getFirst().getNote()).hasSize(1024).endsWith("…");
    }

    @Test
    void holdsNoStackUpWhenItCannotBeWritten() {
        server.expect().post().withPath("/apis/events.k8s.io/v1/namespaces/default/events").andReturn(403, "{}").once();

        events.publish(stack, WARNING);
    }

    private List<Event> written() {
        return client.events().v1().events().inNamespace("default").list().getItems();
    }
}
