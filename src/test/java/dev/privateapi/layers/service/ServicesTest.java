package dev.privateapi.layers.service;

import static org.assertj.core.api.Assertions.assertThat;
import static software.amazon.awssdk.services.ecs.model.DeploymentRolloutState.COMPLETED;
import static software.amazon.awssdk.services.ecs.model.DeploymentRolloutState.FAILED;
import static software.amazon.awssdk.services.ecs.model.DeploymentRolloutState.IN_PROGRESS;

import dev.privateapi.layers.Keys;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.ecs.model.Deployment;
import software.amazon.awssdk.services.ecs.model.DeploymentRolloutState;
import software.amazon.awssdk.services.ecs.model.Service;
import software.amazon.awssdk.services.ecs.model.ServiceEvent;

/** What the planner gets to know of a service: whether it is made anew, only scales, or is ready, and what is wrong. */
class ServicesTest {

    private static final Instant BEGAN = Instant.parse("2026-01-01T00:00:00Z");
    private static final String UNABLE = "(service web) is unable to consistently start tasks successfully.";

    private final Services services = new Services(null, null);

    private Live live(Service.Builder service, DeploymentRolloutState rollout, int desired, int running) {
        Deployment last = Deployment.builder().id("ecs-svc/1").status("PRIMARY").rolloutState(rollout)
                .runningCount(running).taskDefinition("arn:task-definition/f:2").createdAt(BEGAN).build();
        Service seen = service.clusterArn("arn:cluster").serviceArn("arn:service").taskDefinition("arn:task-definition/f:2")
                .desiredCount(desired).runningCount(running).deployments(last).build();
        return services.live(Keys.SERVICE, new ServiceState(seen, Set.of("/privateapi/web"), Set.of(80), "", false));
    }

    private static Service.Builder active() {
        return Service.builder().status("ACTIVE");
    }

    private static Service.Builder unable() {
        return active().events(ServiceEvent.builder().message(UNABLE).createdAt(BEGAN.plusSeconds(60)).build());
    }

    @ParameterizedTest(name = "{0} with {2} of {1}: {3}, {4}")
    @CsvSource({
        "COMPLETED, 2, 2, READY, exactly the wanted tasks run",
        "COMPLETED, 3, 2, SCALING, one more was wanted or one died: nothing is replaced",
        "COMPLETED, 1, 2, SCALING, one less is wanted",
        "COMPLETED, 0, 2, SCALING, none is wanted any more",
        "COMPLETED, 0, 0, READY, none is wanted and none runs",
        "IN_PROGRESS, 2, 0, PENDING, its first tasks come",
        "IN_PROGRESS, 2, 2, PENDING, they run and are not healthy yet",
        "FAILED, 2, 0, PENDING, ECS has given up and a retry may heal it"
    })
    void tellsScalingFromReplacing(DeploymentRolloutState rollout, int desired, int running, Phase phase, String because) {
        Live live = live(active(), rollout, desired, running);

        assertThat(live.phase()).as(because).isEqualTo(phase);
        assertThat(live.sound()).as("what needs only its id goes on").isTrue();
        assertThat(live.attributes()).as("what a person reads of it")
                .containsEntry(Attribute.DESIRED_TASKS, "" + desired).containsEntry(Attribute.RUNNING_TASKS, "" + running);
    }

    /** ECS counts no failed tasks of a deployment that is complete: without this a service that cannot scale would only wait. */
    @Test
    void tasksThatDoNotStartAreToldWhileItScalesToo() {
        assertThat(live(unable(), COMPLETED, 3, 2).phase()).isEqualTo(Phase.SCALING);
        assertThat(live(unable(), COMPLETED, 3, 2).problem()).hasValueSatisfying(problem -> {
            assertThat(problem.category()).isEqualTo(Category.UNHEALTHY);
            assertThat(problem.message()).contains("The tasks of f:2 fail")
                    .as("ECS goes on trying by itself").doesNotContain("tried again");
        });
        assertThat(live(unable(), IN_PROGRESS, 3, 2).problem()).as("as while it is made anew").isPresent();
        assertThat(live(active(), FAILED, 3, 0).problem().map(Problem::message)).as("and when ECS has given up")
                .hasValueSatisfying(message -> assertThat(message).contains("tried again"));
    }

    @Test
    void nothingIsWrongWithOneThatScalesOrHasWhatItWants() {
        assertThat(live(active(), COMPLETED, 3, 2).problem()).as("scaling is no trouble").isEmpty();
        assertThat(live(unable(), COMPLETED, 2, 2).problem()).as("ECS has not said yet that it is steady again").isEmpty();
    }

    @Test
    void oneThatGoesIsNeitherScalingNorInTrouble() {
        Live going = live(unable().status("DRAINING"), COMPLETED, 0, 2);

        assertThat(going.phase()).as("its tasks stop because it goes").isEqualTo(Phase.DELETING);
        assertThat(going.problem()).isEmpty();
        assertThat(going.sound()).isFalse();
    }
}
