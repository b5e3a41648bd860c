package dev.privateapi.layers.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.privateapi.engine.Outcome;
import dev.privateapi.layers.Keys;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.ecs.model.ClusterSetting;
import software.amazon.awssdk.services.ecs.model.ContainerDefinition;

/** A running service through the whole engine, against an AWS whose clock only the test moves. */
@TestInstance(Lifecycle.PER_CLASS)
class ServiceLayerIT {

    static final List<String> ALL = List.of(
            "cluster service/cluster",
            "log-group service/log-group",
            "role service/execution-role",
            "role service/task-role",
            "security-group service/security-group",
            "service service/service",
            "task-definition service/task-definition");

    private final ServiceStack stack = ServiceStack.prepared();

    @BeforeEach
    void runsAsTheSpecSays() {
        stack.sandbox.clearFaults();
        stack.want("");
        stack.converge();
        stack.advance(Duration.ofMinutes(1));
        stack.sandbox.resetJournal();
    }

    @AfterAll
    void stop() {
        stack.close();
    }

    @Test
    void anotherProcessPlansNothingEither() {

        stack.restart();

        assertThat(stack.converge().taken()).as("all that decides stands on AWS").isEmpty();
        assertThat(stack.changes()).isEmpty();
    }

    @Test
    void scalingIsOneCall() {
        stack.want("taskCount: 3");

        Outcome first = stack.pass();

        assertThat(first.taken()).singleElement().satisfies(step -> assertThat(step.differences())
                .as("as the summary of a suspended stack tells it").containsExactly("desiredCount: 2 → 3"));
        Outcome done = stack.converge();
        assertThat(done.view().live(Keys.SERVICE).attribute(Attribute.RUNNING_TASKS)).contains("3");
        assertThat(stack.changes()).containsExactly("UpdateService");
    }

    @Test
    void nothingRunsWhenNothingShould() {
        stack.want("taskCount: 0");

        assertThat(stack.converge().view().live(Keys.SERVICE).attribute(Attribute.RUNNING_TASKS)).contains("0");
    }

    @Test
    void newEnvironmentRollsWithOneUpdateAndCleansUp() {
        stack.want("taskCount: 3, env: [{name: GREETING, value: hello}]");

        stack.converge();
        stack.advance(Duration.ofMinutes(1));

        assertThat(stack.changes()).as("the old revision goes when no task is made of it any more").containsExactly(
                "RegisterTaskDefinition", "UpdateService", "DeregisterTaskDefinition", "DeleteTaskDefinitions");
        assertThat(stack.objects()).isEqualTo(ALL);
    }

    @Test
    void oldRevisionStaysAsLongAsTasksRunOfIt() {
        stack.want("env: [{name: GREETING, value: hello}]");

        stack.passUntil("the new tasks run beside the old ones", outcome -> stack.service().runningCount() > 2);

        assertThat(stack.revisions()).hasSize(2);
        assertThat(stack.changes()).doesNotContain("DeregisterTaskDefinition");
    }

    @Test
    void lostAnswerToARegistrationMakesNoThirdRevision() {
        stack.sandbox.fault(Map.of("operation", "RegisterTaskDefinition", "kind", "cut-after", "nth", 1));
        stack.want("env: [{name: GREETING, value: hello}]");
        stack.pass();
        stack.restart();

        stack.converge();

        assertThat(stack.changes()).as("the revision that nobody was told of is found and run")
                .containsExactly("RegisterTaskDefinition", "UpdateService", "DeregisterTaskDefinition", "DeleteTaskDefinitions");
    }

    @Test
    void deathBetweenDeregisteringAndDeletingLeavesNoRevision() {
        stack.sandbox.fault(Map.of("operation", "DeleteTaskDefinitions", "kind", "cut-before", "nth", 1));
        stack.want("env: [{name: GREETING, value: hello}]");
        stack.passUntil("the old revision is deregistered", outcome -> stack.changes().contains("DeregisterTaskDefinition"));
        stack.restart();

        stack.converge();
        stack.advance(Duration.ofMinutes(1));

        assertThat(stack.objects()).isEqualTo(ALL);
    }

    @Test
    void revisionOfSomebodyElseInTheFamilyIsNeitherRunNorTouched() {
        String foreign = stack.person.ecs().registerTaskDefinition(request -> request
                        .family(TaskDefinitions.family(stack.owner))
                        .containerDefinitions(ContainerDefinition.builder().name("web").image("of/somebody").memory(128).build()))
                .taskDefinition().taskDefinitionArn();

        assertThat(stack.lookAgain().taken()).isEmpty();

        stack.want("env: [{name: GREETING, value: hello}]");
        stack.converge();
        assertThat(stack.revisions()).contains(foreign);
        stack.person.ecs().deregisterTaskDefinition(request -> request.taskDefinition(foreign));
        stack.person.ecs().deleteTaskDefinitions(request -> request.taskDefinitions(foreign));
    }

    @Test
    void pullFailureIsToldInWordsAndTheOldTasksServe() {
        String good = stack.service().taskDefinition();
        stack.want("image: '" + ServiceStack.REPOSITORY + ":nowhere'");

        Outcome failed = stack.passUntil("the tasks fail", outcome -> outcome.problems().containsKey(Keys.SERVICE));

        Problem problem = failed.problems().get(Keys.SERVICE);
        assertThat(problem.category()).isEqualTo(Category.UNHEALTHY);
        assertThat(problem.message())
                .as("cause, next step, and how bad it is").contains("CannotPullContainerError", ":nowhere: not found",
                        "Push that image, or write one that exists in spec.service.image", "The tasks before them serve on.")
                .as("what differs from task to task would change the condition for ever").doesNotContainPattern("[0-9a-f]{32}");
        stack.advance(Duration.ofMinutes(2));
        assertThat(stack.pass().problems().get(Keys.SERVICE))
                .as("the same words as long as the cause is the same").isEqualTo(problem);
        assertThat(stack.service().runningCount()).as("the old tasks").isEqualTo(2);

        stack.sandbox.resetJournal();
        stack.want("");
        stack.converge();

        assertThat(stack.changes()).as("going back runs the revision that is still there")
                .containsExactly("UpdateService", "DeregisterTaskDefinition", "DeleteTaskDefinitions");
        assertThat(stack.service().taskDefinition()).isEqualTo(good);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            exits   | true  | Essential container in task exited (web: exit code 1). Its log in /privateapi/default/
            listens | false | Task failed ELB health checks in
            """)
    void containerThatDoesNotWorkIsToldInWords(String behaviour, boolean value, String words) {
        String image = ServiceStack.REPOSITORY + ":" + behaviour;
        stack.sandbox.post("/images", Map.of("image", image, behaviour, value));
        stack.want("image: '" + image + "'");

        Outcome failed = stack.passUntil("the tasks fail", outcome -> outcome.problems().containsKey(Keys.SERVICE));

        assertThat(failed.problems().get(Keys.SERVICE).message()).contains(words);
    }

    @Test
    void containerThatBeginsToFailLaterIsToldToo() {
        String image = ServiceStack.REPOSITORY + ":web";
        stack.sandbox.post("/images", Map.of("image", image, "exits", true));
        var ecs = stack.person.ecs();
        String cluster = stack.id(Keys.CLUSTER);
        ecs.listTasks(request -> request.cluster(cluster)).taskArns()
                .forEach(task -> ecs.stopTask(request -> request.cluster(cluster).task(task)));
        stack.advance(Duration.ofMinutes(6));

        Outcome failed = stack.passUntil("the tasks fail", outcome -> outcome.problems().containsKey(Keys.SERVICE));

        assertThat(failed.problems().get(Keys.SERVICE).message())
                .as("the deployment is complete, and ECS counts no more failures").contains("exit code 1");
        stack.sandbox.post("/images", Map.of("image", image));
        stack.converge();
        assertThat(stack.changes()).as("ECS itself goes on trying").containsExactly("StopTask", "StopTask");
    }

    @Test
    void newImageIsTakenAtOnceAfterAFailure() {
        stack.sandbox.post("/images", Map.of("image", ServiceStack.REPOSITORY + ":fixed"));
        stack.want("image: '" + ServiceStack.REPOSITORY + ":nowhere'");
        stack.passUntil("the tasks fail", outcome -> outcome.problems().containsKey(Keys.SERVICE));
        stack.sandbox.resetJournal();

        stack.want("image: '" + ServiceStack.REPOSITORY + ":fixed'");
        stack.pass();

        assertThat(stack.changes()).as("one update with the new revision, none with the one that failed")
                .containsExactly("RegisterTaskDefinition", "UpdateService");
        stack.converge();
    }

    @Test
    void changedPortKeepsTheOldOneOpenUntilTheOldTasksAreGone() {
        stack.want("port: 8080");

        stack.passUntil("the new tasks run beside the old ones", outcome -> stack.service().runningCount() > 2);

        assertThat(openPorts()).as("closed at once, the port would cut off everything that serves").containsExactly(80, 8080);
        stack.converge();
        assertThat(openPorts()).containsExactly(8080);
        assertThat(new TreeSet<>(stack.changes())).containsExactly(
                "AuthorizeSecurityGroupIngress", "DeleteTaskDefinitions", "DeregisterTaskDefinition", "RegisterTaskDefinition",
                "RevokeSecurityGroupIngress", "UpdateService");
    }

    private List<Integer> openPorts() {
        return stack.person.ec2().describeSecurityGroups(request -> request.groupIds(stack.id(ServiceLayer.SECURITY_GROUP)))
                .securityGroups().getFirst().ipPermissions().stream().map(it -> it.fromPort()).sorted().toList();
    }

    @Test
    void driftOfTheServiceIsPutRightWithOneCall() {
        var before = stack.service();
        stack.person.ecs().updateService(request -> request.cluster(before.clusterArn()).service(before.serviceArn())
                .desiredCount(1)
                .healthCheckGracePeriodSeconds(0)
                .deploymentConfiguration(it -> it.deploymentCircuitBreaker(breaker -> breaker.enable(true).rollback(true)))
                .networkConfiguration(it -> it.awsvpcConfiguration(vpc -> vpc.assignPublicIp("ENABLED")
                        .subnets(before.networkConfiguration().awsvpcConfiguration().subnets().getFirst())))
                .availabilityZoneRebalancing("DISABLED")
                .propagateTags("NONE")
                .enableECSManagedTags(false)
                .enableExecuteCommand(true));
        stack.sandbox.resetJournal();

        Outcome repaired = stack.lookAgain();

        assertThat(repaired.taken()).singleElement().satisfies(step -> assertThat(step.differences())
                .extracting(it -> it.substring(0, it.indexOf(':'))).containsExactlyInAnyOrder(
                        "desiredCount", "healthCheckGracePeriodSeconds", "deploymentConfiguration", "networkConfiguration",
                        "availabilityZoneRebalancing", "propagateTags", "enableECSManagedTags", "enableExecuteCommand"));
        stack.converge();
        assertThat(stack.changes()).containsExactly("UpdateService");
        var after = stack.service();
        assertThat(after.networkConfiguration()).isEqualTo(before.networkConfiguration());
        assertThat(after.deploymentConfiguration().deploymentCircuitBreaker().rollback())
                .as("ECS would go back to the old revision, the stack to the new one, for ever").isFalse();
    }

    @Test
    void driftOfRolesIsPutRight() {
        var iam = stack.person.iam();
        String execution = Roles.name(stack.owner, ServiceLayer.EXECUTION_ROLE);
        String task = Roles.name(stack.owner, ServiceLayer.TASK_ROLE);
        String policy = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
        String foreign = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly";
        iam.detachRolePolicy(request -> request.roleName(execution).policyArn(policy));
        iam.attachRolePolicy(request -> request.roleName(task).policyArn(foreign));
        iam.putRolePolicy(request -> request.roleName(task).policyName("extra").policyDocument(
                "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}"));
        iam.updateAssumeRolePolicy(request -> request.roleName(task)
                .policyDocument(TrustPolicy.DOCUMENT.replace("ecs-tasks", "ec2")));
        iam.untagRole(request -> request.roleName(task).tagKeys("Name"));
        stack.sandbox.resetJournal();

        stack.lookAgain();

        assertThat(stack.changes()).containsExactlyInAnyOrder(
                "AttachRolePolicy", "UpdateAssumeRolePolicy", "DetachRolePolicy", "DeleteRolePolicy", "TagRole");
        assertThat(iam.listAttachedRolePolicies(request -> request.roleName(task)).attachedPolicies()).isEmpty();
        assertThat(iam.listRolePolicies(request -> request.roleName(task)).policyNames()).isEmpty();
        assertThat(iam.listAttachedRolePolicies(request -> request.roleName(execution)).attachedPolicies())
                .singleElement().satisfies(it -> assertThat(it.policyArn()).isEqualTo(policy));
        assertThat(TrustPolicy.isMeantBy(iam.getRole(request -> request.roleName(task)).role().assumeRolePolicyDocument()))
                .isTrue();
        assertThat(stack.lookAgain().taken()).as("put right once").isEmpty();
    }

    @Test
    void driftOfLogGroupAndClusterIsPutRight() {
        String group = stack.id(ServiceLayer.LOG_GROUP);
        String cluster = stack.id(Keys.CLUSTER);
        stack.person.logs().putRetentionPolicy(request -> request.logGroupName(group).retentionInDays(3653));
        stack.person.ecs().updateClusterSettings(request -> request.cluster(cluster)
                .settings(ClusterSetting.builder().name("containerInsights").value("enhanced").build()));
        stack.person.ecs().untagResource(request -> request.resourceArn(cluster).tagKeys("privateapi.dev/owner"));
        stack.person.ecs().untagResource(request -> request.resourceArn(stack.id(Keys.SERVICE)).tagKeys("Name"));
        stack.person.ecs().untagResource(request -> request.resourceArn(stack.id(Keys.TASK_DEFINITION)).tagKeys("Name"));
        stack.sandbox.resetJournal();

        stack.lookAgain();

        assertThat(stack.changes()).containsExactlyInAnyOrder(
                "PutRetentionPolicy", "UpdateClusterSettings", "TagResource", "TagResource", "TagResource");
        assertThat(stack.lookAgain().taken()).as("put right once").isEmpty();
    }

    @Test
    void newRetentionIsOneCall() {
        stack.want("logRetentionDays: 7");

        stack.converge();

        assertThat(stack.changes()).containsExactly("PutRetentionPolicy");
    }

    @Test
    void whatSomebodyDeletedIsMadeAnew() {
        stack.person.logs().deleteLogGroup(request -> request.logGroupName(stack.id(ServiceLayer.LOG_GROUP)));
        stack.person.ecs().deleteService(request -> request.cluster(stack.id(Keys.CLUSTER)).service(stack.id(Keys.SERVICE))
                .force(true));
        stack.person.ecs().deregisterTaskDefinition(request -> request.taskDefinition(stack.id(Keys.TASK_DEFINITION)));
        stack.sandbox.resetJournal();

        stack.lookAgain();
        stack.converge();

        assertThat(stack.changes()).contains("CreateLogGroup", "RegisterTaskDefinition", "CreateService");
        stack.advance(Duration.ofMinutes(1));
        assertThat(stack.objects()).isEqualTo(ALL);
    }

    @Test
    void everyObjectCarriesTheOwnersTags() {

        assertThat(stack.sandbox.left()).filteredOn(it -> List.of("ecs", "iam", "logs").contains(it.path("service").asText()))
                .allSatisfy(it -> {
                    JsonNode tags = it.path("tags");
                    assertThat(tags.path("privateapi.dev/owner-uid").asText()).as("%s", it).isEqualTo(stack.owner.uid());
                    assertThat(tags.path("privateapi.dev/owner").asText()).isEqualTo("default/poc");
                    assertThat(tags.path("privateapi.dev/cluster").asText()).isEqualTo("test");
                    assertThat(tags.path("Name").asText()).startsWith("poc/service/");
                });
    }
}
