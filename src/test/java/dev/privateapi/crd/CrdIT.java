package dev.privateapi.crd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.privateapi.testing.Cluster;
import dev.privateapi.testing.OnApiServer;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a real API server says to specs, good and bad. */
@ExtendWith(OnApiServer.class)
class CrdIT {

    private final Cluster cluster;

    CrdIT(Cluster cluster) {
        this.cluster = cluster;
    }

    static List<SpecCase> refusals() {
        return SpecCase.table("refusals.yaml");
    }

    static List<SpecCase> accepted() {
        return SpecCase.table("accepted.yaml");
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void isRefusedWithWhatToWriteInstead(SpecCase row) {
        var refusal = catchThrowableOfType(KubernetesClientException.class, () -> submit(row));

        assertThat(refusal).as("was accepted").isNotNull();
        assertThat(refusal.getCode()).as(refusal.getMessage()).isEqualTo(422);
        var causes = causes(refusal);
        assertThat(causes)
                .as(refusal.getMessage())
                .anySatisfy(cause -> {
                    assertThat(place(cause)).isEqualTo(row.field());
                    assertThat(cause.getMessage()).contains(row.says());
                });
        // One mistake, one message: a companion that complains about the consequence hides the cause.
        var fields = new ArrayList<>(row.also());
        fields.add(row.field());
        assertThat(causes.stream().map(CrdIT::place)).as(refusal.getMessage()).containsExactlyInAnyOrderElementsOf(fields);
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void isAccepted(SpecCase row) {
        assertThatCode(() -> submit(row)).doesNotThrowAnyException();
    }

    private void submit(SpecCase row) {
        if (row.before() == null) {
            cluster.client().resource(SpecCase.seed("new", row.patch())).dryRun().create();
            return;
        }
        var existing = SpecCase.seed("existing", row.before());
        create(existing);
        try {
            cluster.client()
                    .resource(SpecCase.seed("existing", row.before(), row.patch()))
                    .dryRun()
                    .update();
        } finally {
            cluster.client().resource(existing).delete();
        }
    }

    private void create(GenericKubernetesResource resource) {
        cluster.client().resource(resource).create();
    }

    private static List<StatusCause> causes(KubernetesClientException refusal) {
        return refusal.getStatus().getDetails().getCauses().stream()
                // Not a finding of its own: the server says that it stopped before the CEL rules.
                .filter(cause -> !cause.getMessage().contains("some validation rules were not checked"))
                .toList();
    }

    private static String place(StatusCause cause) {
        return cause.getField().replaceAll("\\[[^]]*]", "[]");
    }
}
