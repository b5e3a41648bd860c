package dev.privateapi.layers.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.engine.Outcome;
import dev.privateapi.layers.Keys;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Layer;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.testing.LayerStack;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the layer comes and goes, through the whole engine, against an AWS whose clock only the test moves. */
@TestInstance(Lifecycle.PER_CLASS)
class ServiceCreationIT {

    private final LayerStack stack = Sandboxed.prepared("--lag", "5");

    @AfterEach
    void nothingIsLeft() {
        stack.sandbox.clearFaults();
        stack.wantsOnly(key -> key.layer() != Layer.SERVICE);
        stack.converges();
        stack.sleep(Duration.ofMinutes(1));
        assertThat(Sandboxed.objects(stack)).isEmpty();
        stack.sandbox.resetJournal();
    }

    @AfterAll
    void stop() {
        Sandboxed.stop(stack);
    }

    @Test
    void createsEverythingOnceAndThenLeavesItAlone() {
        stack.wants(Sandboxed.spec(""));

        Outcome created = stack.converges();

        assertThat(Sandboxed.objects(stack)).as("made once, and tagged from the start").isEqualTo(Sandboxed.ALL);
        assertThat(created.view().live(Keys.SERVICE).attributes())
                .as("what the status tells")
                .containsEntry(Attribute.RUNNING_TASKS, "2").containsEntry(Attribute.DESIRED_TASKS, "2");
        assertThat(Sandboxed.changes(stack)).as("nothing is made first and put right later").containsExactlyInAnyOrder(
                "CreateRole", "AttachRolePolicy", "CreateRole", "CreateLogGroup", "PutRetentionPolicy", "CreateCluster",
                "CreateSecurityGroup", "AuthorizeSecurityGroupIngress", "RegisterTaskDefinition", "CreateService");
        stack.look();
        assertThat(stack.sandbox.journal(0)).as("what a look at this layer costs").filteredOn(Sandboxed::ofThisLayer)
                .extracting(call -> call.path("operation").asText()).containsExactlyInAnyOrder(
                        "GetAccountAuthorizationDetails", "DescribeLogGroups", "ListTagsForResource", "ListClusters",
                        "DescribeClusters", "ListTaskDefinitions", "ListTaskDefinitions", "DescribeTaskDefinition",
                        "DescribeServices");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CreateRole", "CreateLogGroup", "CreateCluster", "RegisterTaskDefinition", "CreateService"})
    void lostAnswerMakesNoSecondObject(String operation) {
        stack.sandbox.fault(Map.of("operation", operation, "kind", "cut-after", "nth", 1));
        stack.wants(Sandboxed.spec(""));
        stack.pass();
        stack.restarts();

        stack.converges();

        assertThat(Sandboxed.objects(stack))
                .as("the process ended with the answer to %s on its way", operation).isEqualTo(Sandboxed.ALL);
        assertThat(Sandboxed.service(stack).desiredCount()).isEqualTo(2);
    }

    @Test
    void roleThatEcsHasNotHeardOfYetIsTriedAgainAndStallsNobody() {
        stack.sandbox.fault(Map.of("operation", "RegisterTaskDefinition", "kind", "error", "code", "ClientException",
                "message", "Role is not valid", "status", 400, "times", 2));
        stack.wants(Sandboxed.spec(""));

        Outcome refused = stack.until("a refusal", outcome -> !outcome.problems().isEmpty());

        assertThat(refused.problems().get(Keys.TASK_DEFINITION).category().needsPerson())
                .as("IAM needs seconds to be heard everywhere, and nobody has to act").isFalse();
        assertThat(refused.again()).as("and a person would wait no longer").isLessThanOrEqualTo(Duration.ofSeconds(5));
        stack.converges();
    }

    @Test
    void missingServiceLinkedRoleIsMadeOrItsMissingRightIsNamed() {
        String unable = "Unable to assume the service linked role. Please verify that the ECS service linked role exists.";
        stack.sandbox.fault(Map.of("operation", "CreateService", "kind", "error", "code", "InvalidParameterException",
                "message", unable, "status", 400, "times", 2));
        stack.sandbox.fault(Map.of("operation", "CreateServiceLinkedRole", "kind", "denied", "times", 1));
        stack.wants(Sandboxed.spec(""));

        Outcome refused = stack.until("a refusal", outcome -> outcome.problems().containsKey(Keys.SERVICE));

        assertThat(refused.problems().get(Keys.SERVICE).category()).isEqualTo(Category.DENIED);
        assertThat(refused.problems().get(Keys.SERVICE).message())
                .as("ECS itself says only that the role is not there").contains("Allow iam:CreateServiceLinkedRole");
        stack.converges();
        assertThat(Sandboxed.changes(stack)).contains("CreateServiceLinkedRole");
    }

    @Test
    void rolesThatMayNotBeListedAreAProblemThatNamesTheAction() {
        stack.sandbox.fault(Map.of("operation", "GetAccountAuthorizationDetails", "kind", "denied", "times", 0));
        stack.wants(Sandboxed.spec(""));

        Problem problem = stack.pass().problems().get(ServiceLayer.TASK_ROLE);

        assertThat(problem.category()).isEqualTo(Category.DENIED);
        assertThat(problem.message()).contains("iam:GetAccountAuthorizationDetails");
        assertThat(Sandboxed.changes(stack)).as("what does not need a role goes on").contains("CreateLogGroup", "CreateCluster")
                .doesNotContain("CreateRole");
        stack.sandbox.clearFaults();
        stack.converges();
    }

    @Test
    void failedDeploymentIsTriedAgainByItselfAfterTenMinutes() {
        stack.wants(Sandboxed.spec("image: '" + Sandboxed.REPOSITORY + ":late'"));
        stack.until("the tasks fail", outcome -> outcome.problems().containsKey(Keys.SERVICE));
        stack.sandbox.post("/images", Map.of("image", Sandboxed.REPOSITORY + ":late"));
        stack.sandbox.resetJournal();
        stack.sleep(Duration.ofMinutes(9));
        stack.pass();
        assertThat(Sandboxed.changes(stack)).as("a retry costs three tasks, so not at each look").isEmpty();

        stack.converges();

        assertThat(Sandboxed.changes(stack))
                .as("the image was pushed, and nobody changed the spec").containsExactly("UpdateService");
    }

    @Test
    void nameThatSomebodyElseHoldsIsToldAndLeftAlone() {
        String name = Roles.name(stack.owner(), ServiceLayer.TASK_ROLE);
        stack.aws().iam().createRole(request -> request.roleName(name).assumeRolePolicyDocument(TrustPolicy.DOCUMENT));
        String group = LogGroups.name(stack.owner(), ServiceLayer.LOG_GROUP);
        stack.aws().logs().createLogGroup(request -> request.logGroupName(group));
        stack.sleep(Duration.ofSeconds(10));
        stack.sandbox.resetJournal();
        stack.wants(Sandboxed.spec(""));

        Outcome outcome = stack.pass();

        assertThat(List.of(ServiceLayer.TASK_ROLE, ServiceLayer.LOG_GROUP)).allSatisfy(key -> {
            assertThat(outcome.problems().get(key).category()).as("%s", key).isEqualTo(Category.EXISTS);
            assertThat(outcome.problems().get(key).message()).contains("delete or rename it");
        });
        assertThat(Sandboxed.changes(stack)).doesNotContain("TagRole", "TagResource", "CreateLogGroup", "PutRetentionPolicy");
        stack.aws().iam().deleteRole(request -> request.roleName(name));
        stack.aws().logs().deleteLogGroup(request -> request.logGroupName(group));
    }

    @Test
    void deletionWaitsForTheTasksAndLeavesNothing() {
        stack.wants(Sandboxed.spec(""));
        stack.converges();
        stack.wants(Sandboxed.spec("image: '" + Sandboxed.REPOSITORY + ":nowhere'"));
        stack.until("two revisions are in use", outcome -> outcome.problems().containsKey(Keys.SERVICE));
        stack.sandbox.resetJournal();

        stack.wantsOnly(key -> key.layer() != Layer.SERVICE);
        stack.until("the service is asked to go", outcome -> !outcome.taken().isEmpty());
        stack.sleep(Duration.ofSeconds(60));
        stack.pass();
        assertThat(Sandboxed.changes(stack))
                .as("a service whose role is gone stays DRAINING for ever").containsExactly("DeleteService");
        stack.converges();
        stack.sleep(Duration.ofMinutes(1));

        assertThat(Sandboxed.objects(stack)).isEmpty();
        assertThat(stack.sandbox.changed()).isEmpty();
        assertThat(Sandboxed.changes(stack)).as("no call is refused because something is still there")
                .containsOnlyOnce("DeleteService", "DeleteCluster", "DeleteLogGroup", "DeleteSecurityGroup");
        assertThat(stack.sandbox.journal(0)).extracting(call -> call.get("outcome").asText()).containsOnly("ok");
    }
}
