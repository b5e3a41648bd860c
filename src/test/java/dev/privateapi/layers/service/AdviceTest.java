package dev.privateapi.layers.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Causes as ECS words them (Developer Guide, "Stopped tasks error messages"; Fargate platform version 1.4.0). */
class AdviceTest {

    @ParameterizedTest(name = "{1}: {0}")
    @CsvSource(delimiter = '|', textBlock = """
            CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref a/b:c: a/b:c: not found | Push that image
            CannotPullContainerError: pull image manifest has been retried 1 time(s): unexpected status from HEAD request to https://a: 403 Forbidden | policies
            CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: dial tcp 52.219.0.1:443: i/o timeout | do not reach AWS
            ResourceInitializationError: unable to pull secrets or registry auth: There is a connection issue between the task and Amazon ECR | do not reach AWS
            ResourceInitializationError: failed to validate logger args: The specified log group does not exist. | The stack makes it anew
            Essential container in task exited (web: exit code 1) | Its log in /privateapi/a tells
            Essential container in task exited (web: exit code 137, OutOfMemoryError: Container killed due to memory usage) | spec.service.memory
            Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:a:1:targetgroup/x/1) | spec.service.port
            CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/arm64' | cpuArchitecture
            Capacity is unavailable at this time. Please try again later or in a different availability zone | spec.vpc.subnets
            SomethingNew | Correct spec.service.
            """)
    void saysWhatToDo(String cause, String step) {
        assertThat(Advice.on(cause, "/privateapi/a")).contains(step);
    }

    @Test
    void causeDoesNotChangeFromTaskToTask() {
        assertThat(StoppedTasks.clean("User: arn:aws:sts::1:assumed-role/r/0123456789abcdef0123456789abcdef is not authorized,"
                        + " RequestID: 1b2c-3d4e, (deployment ecs-svc/123)"))
                .as("an id in a condition's message would change it for ever")
                .isEqualTo("User: arn:aws:sts::1:assumed-role/r is not authorized,");
    }
}
