package dev.privateapi.layers.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.ecs.model.Deployment;
import software.amazon.awssdk.services.ecs.model.DeploymentRolloutState;
import software.amazon.awssdk.services.ecs.model.Service;
import software.amazon.awssdk.services.ecs.model.ServiceEvent;

class ServiceStateTest {

    private static final Instant BEGAN = Instant.parse("2026-01-01T00:00:00Z");

    private static Deployment deployment(String status, DeploymentRolloutState state, int running, int failed) {
        return Deployment.builder().id("ecs-svc/1").status(status).rolloutState(state).runningCount(running).failedTasks(failed)
                .taskDefinition("arn:task-definition/f:" + (status.equals("PRIMARY") ? 2 : 1)).createdAt(BEGAN).build();
    }

    private static ServiceState service(int desired, int running, List<Deployment> deployments, ServiceEvent... events) {
        return new ServiceState(
                Service.builder().clusterArn("arn:cluster").taskDefinition("arn:task-definition/f:2")
                        .desiredCount(desired).runningCount(running).deployments(deployments).events(events).build(),
                Set.of("arn:role"), Set.of(80), "", false);
    }

    private static ServiceEvent event(String message, int secondsAfter) {
        return ServiceEvent.builder().message("(service web) " + message).createdAt(BEGAN.plusSeconds(secondsAfter)).build();
    }

    @Test
    void isSettledWhenExactlyTheWantedTasksRunAndNothingOlderIsLeft() {
        Deployment done = deployment("PRIMARY", DeploymentRolloutState.COMPLETED, 2, 0);
        Deployment old = deployment("ACTIVE", DeploymentRolloutState.COMPLETED, 1, 0);
        Deployment replaced = deployment("INACTIVE", DeploymentRolloutState.COMPLETED, 0, 0);

        assertThat(service(2, 2, List.of(done)).settled()).isTrue();
        assertThat(service(2, 2, List.of(done, replaced)).settled()).as("ECS shows what was replaced for a while").isTrue();
        assertThat(service(2, 3, List.of(done, old)).settled()).as("an old task still serves").isFalse();
        assertThat(service(3, 2, List.of(done)).settled()).as("one more is wanted").isFalse();
        assertThat(service(2, 2, List.of(deployment("PRIMARY", DeploymentRolloutState.IN_PROGRESS, 2, 0))).settled())
                .as("they run, and are not healthy yet").isFalse();
    }

    @ParameterizedTest(name = "{3}")
    @CsvSource({
        "IN_PROGRESS, 0, false, nothing failed",
        "IN_PROGRESS, 2, false, a start that recovers must not flap the condition",
        "IN_PROGRESS, 3, true, three are no accident",
        "FAILED, 0, true, ECS has given up",
        "COMPLETED, 0, false, all is well"
    })
    void failsWhenSeveralTasksDo(DeploymentRolloutState state, int failed, boolean failing, String because) {
        assertThat(service(2, 0, List.of(deployment("PRIMARY", state, 0, failed))).failing()).as(because).isEqualTo(failing);
    }

    @Test
    void failsWhenTasksOfACompletedDeploymentDoNotStartAgain() {
        List<Deployment> completed = List.of(deployment("PRIMARY", DeploymentRolloutState.COMPLETED, 1, 0));
        ServiceEvent unable = event("is unable to consistently start tasks successfully.", 60);

        assertThat(service(2, 1, completed, unable, event("has reached a steady state.", 30)).failing())
                .as("ECS counts no failures of a deployment that is complete").isTrue();
        assertThat(service(2, 1, completed, event("has reached a steady state.", 90), unable).failing())
                .as("that was before").isFalse();
        assertThat(service(2, 1, completed, event("is unable to consistently start tasks successfully.", -60)).failing())
                .as("that was the deployment before").isFalse();
    }

    @Test
    void usesTheRevisionsOfAllDeploymentsAndWhatTheirTasksWorkWith() {
        ServiceState rolling = service(2, 4, List.of(
                deployment("PRIMARY", DeploymentRolloutState.IN_PROGRESS, 2, 0),
                deployment("ACTIVE", DeploymentRolloutState.COMPLETED, 2, 0)));

        assertThat(rolling.uses()).containsExactlyInAnyOrder(
                "arn:cluster", "arn:role", "arn:task-definition/f:1", "arn:task-definition/f:2");
        assertThat(rolling.othersServe()).isTrue();
    }
}
