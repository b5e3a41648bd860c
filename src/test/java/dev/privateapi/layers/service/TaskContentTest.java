package dev.privateapi.layers.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.ecs.model.Compatibility;
import software.amazon.awssdk.services.ecs.model.ContainerDefinition;
import software.amazon.awssdk.services.ecs.model.KeyValuePair;
import software.amazon.awssdk.services.ecs.model.PortMapping;
import software.amazon.awssdk.services.ecs.model.Secret;
import software.amazon.awssdk.services.ecs.model.TaskDefinition;
import software.amazon.awssdk.services.ecs.model.TaskDefinitionStatus;
import software.amazon.awssdk.services.ecs.model.Volume;

class TaskContentTest {

    private static final TaskDefinition WANTED = TaskDefinition.builder()
            .cpu("256").memory("512").networkMode("awsvpc").requiresCompatibilities(Compatibility.FARGATE)
            .runtimePlatform(it -> it.operatingSystemFamily("LINUX").cpuArchitecture("X86_64"))
            .executionRoleArn("/privateapi/execution").taskRoleArn("/privateapi/task")
            .containerDefinitions(ContainerDefinition.builder().name("web").image("registry/image:1").essential(true)
                    .portMappings(PortMapping.builder().containerPort(80).protocol("tcp").build())
                    .environment(variable("A", "1"), variable("B", "2"))
                    .logConfiguration(it -> it.logDriver("awslogs").options(Map.of("awslogs-group", "/privateapi/a", "x", "y")))
                    .build())
            .build();

    private static KeyValuePair variable(String name, String value) {
        return KeyValuePair.builder().name(name).value(value).build();
    }

    private static TaskDefinition with(UnaryOperator<ContainerDefinition.Builder> change) {
        ContainerDefinition container = change.apply(WANTED.containerDefinitions().getFirst().toBuilder()).build();
        return WANTED.toBuilder().containerDefinitions(container).build();
    }

    @Test
    void isBlindToOrderAndToWhatEcsFillsIn() {
        TaskDefinition described = with(container -> container
                        .environment(variable("B", "2"), variable("A", "1"))
                        .portMappings(PortMapping.builder().containerPort(80).hostPort(80).protocol("tcp").name("web-80").build())
                        .cpu(0).mountPoints(List.of()).volumesFrom(List.of()).systemControls(List.of()))
                .toBuilder()
                .taskDefinitionArn("arn:aws:ecs:eu-west-1:1:task-definition/f:3").revision(3).status(TaskDefinitionStatus.ACTIVE)
                .compatibilities(Compatibility.EC2, Compatibility.FARGATE).registeredBy("somebody").volumes(List.of())
                .executionRoleArn("arn:aws:iam::123456789012:role/privateapi/execution")
                .taskRoleArn("arn:aws:iam::123456789012:role/privateapi/task")
                .build();

        assertThat(TaskContent.differences(WANTED, described)).as("or a revision would follow a revision for ever").isEmpty();
        assertThat(TaskContent.digest(described)).isEqualTo(TaskContent.digest(WANTED));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("others")
    void tellsWhatDiffers(String property, TaskDefinition other) {
        assertThat(TaskContent.differences(WANTED, other)).extracting(Difference::property).containsExactly(property);
        boolean nameOnly = List.of("executionRoleArn", "taskRoleArn", "logConfiguration").contains(property);
        assertThat(TaskContent.digest(other).equals(TaskContent.digest(WANTED)))
                .as("what its roles and its log group are called is only known once they are there").isEqualTo(nameOnly);
    }

    static List<Arguments> others() {
        ContainerDefinition web = WANTED.containerDefinitions().getFirst();
        return List.of(
                Arguments.of("image", with(it -> it.image("registry/image:2"))),
                Arguments.of("portMappings", with(it -> it.portMappings(PortMapping.builder().containerPort(81).build()))),
                Arguments.of("environment", with(it -> it.environment(variable("A", "1")))),
                Arguments.of("secrets", with(it -> it.secrets(Secret.builder().name("S").valueFrom("arn").build()))),
                Arguments.of("command", with(it -> it.command("sleep"))),
                Arguments.of("entryPoint", with(it -> it.entryPoint("sh"))),
                Arguments.of("logConfiguration", with(it -> it.logConfiguration(log -> log.logDriver("awslogs")))),
                Arguments.of("cpu", WANTED.toBuilder().cpu("512").build()),
                Arguments.of("memory", WANTED.toBuilder().memory("1024").build()),
                Arguments.of("runtimePlatform", WANTED.toBuilder().runtimePlatform(
                        it -> it.operatingSystemFamily("LINUX").cpuArchitecture("ARM64")).build()),
                Arguments.of("executionRoleArn", WANTED.toBuilder().executionRoleArn("arn:aws:iam::1:role/other").build()),
                Arguments.of("taskRoleArn", WANTED.toBuilder().taskRoleArn(null).build()),
                Arguments.of("volumes", WANTED.toBuilder().volumes(Volume.builder().name("v").build()).build()),
                Arguments.of("containerDefinitions", WANTED.toBuilder().containerDefinitions(
                        web, ContainerDefinition.builder().name("sidecar").build()).build()));
    }

    @Test
    void tellsNamesOfVariablesAndNoValues() {
        TaskDefinition other = with(it -> it.environment(IntStream.range(0, 50)
                .mapToObj(i -> variable("PASSWORD_%02d".formatted(i), "hunter" + i)).toList()));

        assertThat(TaskContent.differences(WANTED, other)).singleElement().satisfies(it -> assertThat(it.have() + " " + it.want())
                .as("conditions and events are read by many").contains("A, B, PASSWORD_00").doesNotContain("hunter")
                .hasSizeLessThan(100));
    }
}
