package dev.privateapi.app;

import static dev.privateapi.app.DriftCase.ADDITIONS;
import static dev.privateapi.app.DriftCase.EXISTS;
import static dev.privateapi.app.DriftCase.fixed;
import static dev.privateapi.app.DriftCase.repaired;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ecs.model.AssignPublicIp;
import software.amazon.awssdk.services.ecs.model.AvailabilityZoneRebalancing;
import software.amazon.awssdk.services.ecs.model.AwsVpcConfiguration;
import software.amazon.awssdk.services.ecs.model.ClusterSetting;
import software.amazon.awssdk.services.ecs.model.ClusterSettingName;
import software.amazon.awssdk.services.ecs.model.PropagateTags;
import software.amazon.awssdk.services.ecs.model.TaskDefinition;
import software.amazon.awssdk.services.ecs.model.UpdateServiceRequest;

/** Roles, log group, cluster, task definition and service. */
final class ServiceDrift {

    private static final String SERVICE = "service/service";
    private static final String CLUSTER = "service/cluster";
    private static final String TASK = "service/task-definition";
    private static final String LOGS = "service/log-group";
    private static final String POWER = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly";
    private static final String EXECUTION = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
    private static final String ANYBODY = """
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"},
             "Action": "sts:AssumeRole"}]}""";
    private static final String EVERYTHING = """
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}""";

    private ServiceDrift() {}

    static Stream<DriftCase> cases() {
        return Stream.of(
                role("service/execution-role"), role("service/task-role"), managedPolicies(), logsAndCluster(), task(),
                tasks(), conduct()).flatMap(cases -> cases);
    }

    private static String name(String arn) {
        return arn.replaceFirst(".*/", "");
    }

    private static Stream<DriftCase> managedPolicies() {
        return Stream.of(
                repaired("service/execution-role", "managedPolicies", (stack, id) ->
                        stack.person.iam().detachRolePolicy(it -> it.roleName(name(id)).policyArn(EXECUTION))),
                fixed("service/task-role", "managedPolicies", "it has none to take away"));
    }

    private static Stream<DriftCase> role(String node) {
        return Stream.of(
                repaired(node, "trust", (stack, id) ->
                        stack.person.iam().updateAssumeRolePolicy(it -> it.roleName(name(id)).policyDocument(ANYBODY))),
                repaired(node, ADDITIONS, (stack, id) ->
                        stack.person.iam().attachRolePolicy(it -> it.roleName(name(id)).policyArn(POWER))),
                repaired(node, "inline policies", (stack, id) -> stack.person.iam().putRolePolicy(it ->
                        it.roleName(name(id)).policyName("mine").policyDocument(EVERYTHING))),
                repaired(node, EXISTS, (stack, id) -> {
                    stack.person.iam().listAttachedRolePolicies(it -> it.roleName(name(id))).attachedPolicies().forEach(policy ->
                            stack.person.iam().detachRolePolicy(it -> it.roleName(name(id)).policyArn(policy.policyArn())));
                    stack.person.iam().deleteRole(it -> it.roleName(name(id)));
                }).in(1));
    }

    private static Stream<DriftCase> logsAndCluster() {
        return Stream.of(
                fixed(LOGS, ADDITIONS, "filters and subscriptions of a log group are its readers'"),
                repaired(LOGS, "retentionInDays", (stack, id) ->
                        stack.person.logs().putRetentionPolicy(it -> it.logGroupName(id).retentionInDays(1))),
                repaired(LOGS, "retention for ever", (stack, id) ->
                        stack.person.logs().deleteRetentionPolicy(it -> it.logGroupName(id))),
                repaired(LOGS, EXISTS, (stack, id) -> stack.person.logs().deleteLogGroup(it -> it.logGroupName(id))).in(2),
                fixed(CLUSTER, ADDITIONS, "another service in the cluster is somebody else's, and serves nothing of the stack"),
                repaired(CLUSTER, "containerInsights", (stack, id) -> stack.person.ecs().updateClusterSettings(it ->
                        it.cluster(id).settings(ClusterSetting.builder()
                                .name(ClusterSettingName.CONTAINER_INSIGHTS).value("enabled").build()))),
                repaired(CLUSTER, EXISTS, (stack, id) -> {
                    stack.person.ecs().deleteService(it -> it.cluster(id).service(stack.id(SERVICE)).force(true));
                    stack.advance(Duration.ofMinutes(10));
                    stack.person.ecs().deleteCluster(it -> it.cluster(id));
                }).in(5));
    }

    private static Stream<DriftCase> task() {
        return Stream.concat(
                DriftCase.fixed(TASK, Stream.of("family", "container.image", "container.port", "container.environment.LOG_LEVEL",
                        "container.logGroup", "container.region", "size.cpu", "size.memory", "size.cpuArchitecture",
                        "executionRole", "taskRole"), "a revision never changes; which one runs is the service's: digest"),
                Stream.of(
                        new DriftCase.LeftAlone(TASK, ADDITIONS, ServiceDrift::register,
                                (stack, id) -> deregister(stack),
                                "a revision that somebody registers is theirs, and runs nowhere"),
                        repaired(TASK, EXISTS, (stack, id) ->
                                stack.person.ecs().deregisterTaskDefinition(it -> it.taskDefinition(id))).in(3)));
    }

    private static String register(SandboxStack stack, String id) {
        TaskDefinition task = stack.person.ecs().describeTaskDefinition(it -> it.taskDefinition(id)).taskDefinition();
        return stack.person.ecs().registerTaskDefinition(it -> it.family(task.family()).cpu("512").memory("1024")
                .networkMode(task.networkMode()).requiresCompatibilities(task.requiresCompatibilities())
                .executionRoleArn(task.executionRoleArn()).containerDefinitions(task.containerDefinitions()))
                .taskDefinition().taskDefinitionArn();
    }

    private static void deregister(SandboxStack stack) {
        stack.person.ecs().listTaskDefinitions(it -> {}).taskDefinitionArns().stream()
                .filter(it -> !it.equals(stack.id(TASK)))
                .forEach(arn -> stack.person.ecs().deregisterTaskDefinition(it -> it.taskDefinition(arn)));
    }

    private static Stream<DriftCase> tasks() {
        return Stream.of(
                update("desiredCount", it -> it.desiredCount(1)),
                update("port", it -> it.loadBalancers(List.of())),
                places("subnets", (stack, vpc) -> vpc.subnets(stack.id("network/subnet/10.1.1.0/24"))),
                places("securityGroups", (stack, vpc) -> vpc.securityGroups(stack.id("dns/security-group"))),
                places("assignPublicIp", (stack, vpc) -> vpc.assignPublicIp(AssignPublicIp.ENABLED)),
                places(ADDITIONS, (stack, vpc) -> vpc.securityGroups(
                        stack.id("service/security-group"), stack.id("dns/security-group"))),
                repaired(SERVICE, "digest", (stack, id) -> {
                    String other = register(stack, stack.id(TASK));
                    stack.person.ecs().updateService(it -> it.cluster(stack.id(CLUSTER)).service(id).taskDefinition(other));
                    stack.person.ecs().deregisterTaskDefinition(it -> it.taskDefinition(other));
                }),
                repaired(SERVICE, EXISTS, (stack, id) -> stack.person.ecs()
                        .deleteService(it -> it.cluster(stack.id(CLUSTER)).service(id).force(true))).in(4));
    }

    private interface Place {
        AwsVpcConfiguration.Builder change(SandboxStack stack, AwsVpcConfiguration.Builder vpc);
    }

    private static DriftCase places(String property, Place place) {
        return repaired(SERVICE, property, (stack, id) -> {
            var vpc = AwsVpcConfiguration.builder().assignPublicIp(AssignPublicIp.DISABLED)
                    .subnets(stack.id("network/subnet/10.1.1.0/24"), stack.id("network/subnet/10.1.2.0/24"))
                    .securityGroups(stack.id("service/security-group"));
            stack.person.ecs().updateService(it -> it.cluster(stack.id(CLUSTER)).service(id).networkConfiguration(network ->
                    network.awsvpcConfiguration(place.change(stack, vpc).build())));
        });
    }

    private static DriftCase update(String property, UnaryOperator<UpdateServiceRequest.Builder> change) {
        return repaired(SERVICE, property, (stack, id) -> stack.person.ecs().updateService(change.apply(
                UpdateServiceRequest.builder().cluster(stack.id(CLUSTER)).service(id)).build()));
    }

    private static Stream<DriftCase> conduct() {
        return Stream.of(
                update("deploymentConfiguration", it -> it.deploymentConfiguration(conduct -> conduct
                        .minimumHealthyPercent(0).maximumPercent(150)
                        .deploymentCircuitBreaker(breaker -> breaker.enable(false).rollback(false)))),
                update("healthCheckGracePeriodSeconds", it -> it.healthCheckGracePeriodSeconds(0)),
                update("enableExecuteCommand", it -> it.enableExecuteCommand(true)),
                update("propagateTags", it -> it.propagateTags(PropagateTags.NONE)),
                update("enableECSManagedTags", it -> it.enableECSManagedTags(false)),
                update("availabilityZoneRebalancing", it ->
                        it.availabilityZoneRebalancing(AvailabilityZoneRebalancing.DISABLED)));
    }
}
