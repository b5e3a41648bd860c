package dev.privateapi.layers.service;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.fasterxml.jackson.databind.JsonNode;
import dev.privateapi.engine.Outcome;
import dev.privateapi.layers.Keys;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.testing.LayerStack;
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

    private final LayerStack stack = Sandboxed.prepared();

    @BeforeEach
    void runsAsTheSpecSays() {
        stack.sandbox.clearFaults();
        stack.wants(Sandboxed.spec(""));
        stack.converges();
        stack.sleep(Duration.ofMinutes(1));
        stack.sandbox.resetJournal();
    }

    @AfterAll
    void stop() {
        Sandboxed.stop(stack);
    }

    @Test
    void anotherProcessPlansNothingEither() {
        stack.restarts();

        assertThat(stack.converges().taken()).as("all that decides stands on AWS").isEmpty();
        assertThat(Sandboxed.changes(stack)).isEmpty();
    }

    @Test
    void scalingIsOneCall() {
        stack.wants(Sandboxed.spec("taskCount: 3"));

        Outcome first = stack.pass();

        assertThat(first.taken()).singleElement().satisfies(step -> assertThat(step.differences())
                .as("as the summary of a suspended stack tells it").containsExactly("desiredCount: 2 → 3"));
        Outcome done = stack.converges();
        assertThat(done.view().live(Keys.SERVICE).attribute(Attribute.RUNNING_TASKS)).contains("3");
        assertThat(Sandboxed.changes(stack)).containsExactly("UpdateService");
    }

    @Test
    void nothingRunsWhenNothingShould() {
        stack.wants(Sandboxed.spec("taskCount: 0"));

        assertThat(stack.converges().view().live(Keys.SERVICE).attribute(Attribute.RUNNING_TASKS)).contains("0");
    }

    @Test
    void newEnvironmentRollsWithOneUpdateAndCleansUp() {
        stack.wants(Sandboxed.spec("taskCount: 3, env: [{name: GREETING, value: hello}]"));

        stack.converges();
        stack.sleep(Duration.ofMinutes(1));

        assertThat(Sandboxed.changes(stack)).as("the old revision goes when no task is made of it any more").containsExactly(
                "RegisterTaskDefinition", "UpdateService", "DeregisterTaskDefinition", "DeleteTaskDefinitions");
        assertThat(Sandboxed.objects(stack)).isEqualTo(Sandboxed.ALL);
    }

    @Test
    void oldRevisionStaysAsLongAsTasksRunOfIt() {
        stack.wants(Sandboxed.spec("env: [{name: GREETING, value: hello}]"));

        stack.until("the new tasks run beside the old ones", outcome -> Sandboxed.service(stack).runningCount() > 2);

        assertThat(Sandboxed.revisions(stack)).hasSize(2);
        assertThat(Sandboxed.changes(stack)).doesNotContain("DeregisterTaskDefinition");
    }

    @Test
    void lostAnswerToARegistrationMakesNoThirdRevision() {
        stack.sandbox.fault(Map.of("operation", "RegisterTaskDefinition", "kind", "cut-after", "nth", 1));
        stack.wants(Sandboxed.spec("env: [{name: GREETING, value: hello}]"));
        stack.pass();
        stack.restarts();
        stack.sleep(Duration.ofSeconds(10)); // until listings show it; before that a third one is made, and goes as surplus

        stack.converges();

        assertThat(Sandboxed.changes(stack)).as("the revision that nobody was told of is found and run")
                .containsExactly("RegisterTaskDefinition", "UpdateService", "DeregisterTaskDefinition", "DeleteTaskDefinitions");
    }

    @Test
    void deathBetweenDeregisteringAndDeletingLeavesNoRevision() {
        stack.sandbox.fault(Map.of("operation", "DeleteTaskDefinitions", "kind", "cut-before", "nth", 1));
        stack.wants(Sandboxed.spec("env: [{name: GREETING, value: hello}]"));
        stack.until("the old revision is deregistered", outcome -> Sandboxed.changes(stack).contains("DeregisterTaskDefinition"));
        stack.restarts();

        stack.converges();
        stack.sleep(Duration.ofMinutes(1));

        assertThat(Sandboxed.objects(stack)).isEqualTo(Sandboxed.ALL);
    }

    @Test
    void revisionOfSomebodyElseInTheFamilyIsNeitherRunNorTouched() {
        String foreign = stack.aws().ecs().registerTaskDefinition(request -> request
                        .family(TaskDefinitions.family(stack.owner()))
                        .containerDefinitions(ContainerDefinition.builder().name("web").image("of/somebody").memory(128).build()))
                .taskDefinition().taskDefinitionArn();

        stack.look();

        stack.wants(Sandboxed.spec("env: [{name: GREETING, value: hello}]"));
        stack.converges();
        assertThat(Sandboxed.revisions(stack)).contains(foreign);
        stack.aws().ecs().deregisterTaskDefinition(request -> request.taskDefinition(foreign));
        stack.aws().ecs().deleteTaskDefinitions(request -> request.taskDefinitions(foreign));
    }

    @Test
    void pullFailureIsToldInWordsAndTheOldTasksServe() {
        String good = Sandboxed.service(stack).taskDefinition();
        stack.wants(Sandboxed.spec("image: '" + Sandboxed.REPOSITORY + ":nowhere'"));

        Outcome failed = stack.until("the tasks fail", outcome -> outcome.problems().containsKey(Keys.SERVICE));

        Problem problem = failed.problems().get(Keys.SERVICE);
        assertThat(problem.category()).isEqualTo(Category.UNHEALTHY);
        assertThat(problem.message())
                .as("cause, next step, and how bad it is").contains("CannotPullContainerError", ":nowhere: not found",
                        "Push that image, or write one that exists in spec.service.image", "The tasks before them serve on.")
                .as("what differs from task to task would change the condition for ever").doesNotContainPattern("[0-9a-f]{32}");
        stack.sleep(Duration.ofMinutes(2));
        assertThat(stack.pass().problems().get(Keys.SERVICE))
                .as("the same words as long as the cause is the same").isEqualTo(problem);
        assertThat(Sandboxed.service(stack).runningCount()).as("the old tasks").isEqualTo(2);

        stack.sandbox.resetJournal();
        stack.wants(Sandboxed.spec(""));
        stack.converges();

        assertThat(Sandboxed.changes(stack)).as("going back runs the revision that is still there")
                .containsExactly("UpdateService", "DeregisterTaskDefinition", "DeleteTaskDefinitions");
        assertThat(Sandboxed.service(stack).taskDefinition()).isEqualTo(good);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            exits   | true  | Essential container in task exited (web: exit code 1). Its log in /privateapi/default-
            listens | false | Task failed ELB health checks in
            """)
    void containerThatDoesNotWorkIsToldInWords(String behaviour, boolean value, String words) {
        String image = Sandboxed.REPOSITORY + ":" + behaviour;
        stack.sandbox.post("/images", Map.of("image", image, behaviour, value));
        stack.wants(Sandboxed.spec("image: '" + image + "'"));

        stack.until(words, outcome -> outcome.problems().containsKey(Keys.SERVICE)
                && outcome.problems().get(Keys.SERVICE).message().contains(words));
    }

    @Test
    void containerThatBeginsToFailLaterIsToldToo() {
        String image = Sandboxed.REPOSITORY + ":web";
        stack.sandbox.post("/images", Map.of("image", image, "exits", true));
        var ecs = stack.aws().ecs();
        String cluster = stack.id(Keys.CLUSTER);
        ecs.listTasks(request -> request.cluster(cluster)).taskArns()
                .forEach(task -> ecs.stopTask(request -> request.cluster(cluster).task(task)));
        stack.sleep(Duration.ofMinutes(6));

        Outcome failed = stack.until("the tasks fail", outcome -> outcome.problems().containsKey(Keys.SERVICE));

        assertThat(failed.problems().get(Keys.SERVICE).message())
                .as("the deployment is complete, and ECS counts no more failures").contains("exit code 1");
        stack.sandbox.post("/images", Map.of("image", image));
        stack.converges();
        assertThat(Sandboxed.changes(stack)).as("ECS itself goes on trying").containsExactly("StopTask", "StopTask");
    }

    @Test
    void newImageIsTakenAtOnceAfterAFailure() {
        stack.sandbox.post("/images", Map.of("image", Sandboxed.REPOSITORY + ":fixed"));
        stack.wants(Sandboxed.spec("image: '" + Sandboxed.REPOSITORY + ":nowhere'"));
        stack.until("the tasks fail", outcome -> outcome.problems().containsKey(Keys.SERVICE));
        stack.sandbox.resetJournal();

        stack.wants(Sandboxed.spec("image: '" + Sandboxed.REPOSITORY + ":fixed'"));
        stack.pass();

        assertThat(Sandboxed.changes(stack)).as("one update with the new revision, none with the one that failed")
                .startsWith("RegisterTaskDefinition", "UpdateService").containsOnlyOnce("UpdateService");
        stack.converges();
    }

    @Test
    void changedPortKeepsTheOldOneOpenUntilTheOldTasksAreGone() {
        stack.wants(Sandboxed.spec("port: 8080"));

        stack.until("the new tasks run beside the old ones", outcome -> Sandboxed.service(stack).runningCount() > 2);

        assertThat(openPorts()).as("closed at once, the port would cut off everything that serves").containsExactly(80, 8080);
        stack.converges();
        assertThat(openPorts()).containsExactly(8080);
        assertThat(new TreeSet<>(Sandboxed.changes(stack))).containsExactly(
                "AuthorizeSecurityGroupIngress", "DeleteTaskDefinitions", "DeregisterTaskDefinition", "RegisterTaskDefinition",
                "RevokeSecurityGroupIngress", "UpdateService");
    }

    private List<Integer> openPorts() {
        return stack.aws().ec2().describeSecurityGroups(request -> request.groupIds(stack.id(ServiceLayer.SECURITY_GROUP)))
                .securityGroups().getFirst().ipPermissions().stream().map(it -> it.fromPort()).sorted().toList();
    }

    @Test
    void driftOfTheServiceIsPutRightWithOneCall() {
        var before = Sandboxed.service(stack);
        stack.aws().ecs().updateService(request -> request.cluster(before.clusterArn()).service(before.serviceArn())
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

        assertThat(stack.repairs()).singleElement(as(STRING)).contains(
                "desiredCount", "healthCheckGracePeriodSeconds", "deploymentConfiguration", "networkConfiguration",
                "availabilityZoneRebalancing", "propagateTags", "enableECSManagedTags", "enableExecuteCommand");
        assertThat(Sandboxed.changes(stack)).containsExactly("UpdateService");
        var after = Sandboxed.service(stack);
        assertThat(after.networkConfiguration()).isEqualTo(before.networkConfiguration());
        assertThat(after.deploymentConfiguration().deploymentCircuitBreaker().rollback())
                .as("ECS would go back to the old revision, the stack to the new one, for ever").isFalse();
    }

    @Test
    void driftOfRolesIsPutRight() {
        var iam = stack.aws().iam();
        String execution = Roles.name(stack.owner(), ServiceLayer.EXECUTION_ROLE);
        String task = Roles.name(stack.owner(), ServiceLayer.TASK_ROLE);
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

        stack.repairs();

        assertThat(Sandboxed.changes(stack)).containsExactlyInAnyOrder(
                "AttachRolePolicy", "UpdateAssumeRolePolicy", "DetachRolePolicy", "DeleteRolePolicy", "TagRole");
        assertThat(iam.listAttachedRolePolicies(request -> request.roleName(task)).attachedPolicies()).isEmpty();
        assertThat(iam.listRolePolicies(request -> request.roleName(task)).policyNames()).isEmpty();
        assertThat(iam.listAttachedRolePolicies(request -> request.roleName(execution)).attachedPolicies())
                .singleElement().satisfies(it -> assertThat(it.policyArn()).isEqualTo(policy));
        assertThat(TrustPolicy.isMeantBy(iam.getRole(request -> request.roleName(task)).role().assumeRolePolicyDocument()))
                .isTrue();
        stack.look();
    }

    @Test
    void driftOfLogGroupAndClusterIsPutRight() {
        String group = stack.id(ServiceLayer.LOG_GROUP);
        String cluster = stack.id(Keys.CLUSTER);
        stack.aws().logs().putRetentionPolicy(request -> request.logGroupName(group).retentionInDays(3653));
        stack.aws().ecs().updateClusterSettings(request -> request.cluster(cluster)
                .settings(ClusterSetting.builder().name("containerInsights").value("enhanced").build()));
        stack.aws().ecs().untagResource(request -> request.resourceArn(cluster).tagKeys("privateapi.dev/owner"));
        stack.aws().ecs().untagResource(request -> request.resourceArn(stack.id(Keys.SERVICE)).tagKeys("Name"));
        stack.aws().ecs().untagResource(request -> request.resourceArn(stack.id(Keys.TASK_DEFINITION)).tagKeys("Name"));
        stack.sandbox.resetJournal();

        stack.repairs();

        assertThat(Sandboxed.changes(stack)).containsExactlyInAnyOrder(
                "PutRetentionPolicy", "UpdateClusterSettings", "TagResource", "TagResource", "TagResource");
        stack.look();
    }

    @Test
    void newRetentionIsOneCall() {
        stack.wants(Sandboxed.spec("logRetentionDays: 7"));

        stack.converges();

        assertThat(Sandboxed.changes(stack)).containsExactly("PutRetentionPolicy");
    }

    @Test
    void whatSomebodyDeletedIsMadeAnew() {
        stack.aws().logs().deleteLogGroup(request -> request.logGroupName(stack.id(ServiceLayer.LOG_GROUP)));
        stack.aws().ecs().deleteService(request -> request.cluster(stack.id(Keys.CLUSTER)).service(stack.id(Keys.SERVICE))
                .force(true));
        stack.aws().ecs().deregisterTaskDefinition(request -> request.taskDefinition(stack.id(Keys.TASK_DEFINITION)));
        stack.sandbox.resetJournal();

        stack.repairs();

        assertThat(Sandboxed.changes(stack)).contains("CreateLogGroup", "RegisterTaskDefinition", "CreateService");
        stack.sleep(Duration.ofMinutes(1));
        assertThat(Sandboxed.objects(stack)).isEqualTo(Sandboxed.ALL);
    }

    @Test
    void everyObjectCarriesTheOwnersTags() {

        assertThat(stack.sandbox.left()).filteredOn(it -> List.of("ecs", "iam", "logs").contains(it.path("service").asText()))
                .allSatisfy(it -> {
                    JsonNode tags = it.path("tags");
                    assertThat(tags.path("privateapi.dev/owner-uid").asText()).as("%s", it).isEqualTo(stack.owner().uid());
                    assertThat(tags.path("privateapi.dev/owner").asText()).isEqualTo(stack.owner().namespace() + "/poc");
                    assertThat(tags.path("privateapi.dev/cluster").asText()).isEqualTo("test");
                    assertThat(tags.path("Name").asText()).startsWith("poc/service/");
                });
    }
}
