package dev.privateapi.layers.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.engine.Outcome;
import dev.privateapi.layers.Keys;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
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

    private final ServiceStack stack = ServiceStack.prepared("--lag", "5");

    @AfterEach
    void nothingIsLeft() {
        stack.sandbox.clearFaults();
        stack.wantNothingOfTheService();
        stack.converge();
        stack.advance(Duration.ofMinutes(1));
        assertThat(stack.objects()).isEmpty();
        stack.sandbox.resetJournal();
    }

    @AfterAll
    void stop() {
        stack.close();
    }

    @Test
    void createsEverythingOnceAndThenLeavesItAlone() {
        stack.want("");

        Outcome created = stack.converge();

        assertThat(stack.objects()).as("made once, and tagged from the start").isEqualTo(ServiceLayerIT.ALL);
        assertThat(created.view().live(Keys.SERVICE).attributes())
                .as("what the status tells")
                .containsEntry(Attribute.RUNNING_TASKS, "2").containsEntry(Attribute.DESIRED_TASKS, "2");
        assertThat(stack.changes()).as("nothing is made first and put right later").containsExactlyInAnyOrder(
                "CreateRole", "AttachRolePolicy", "CreateRole", "CreateLogGroup", "PutRetentionPolicy", "CreateCluster",
                "CreateSecurityGroup", "AuthorizeSecurityGroupIngress", "RegisterTaskDefinition", "CreateService");
        stack.sandbox.resetJournal();
        assertThat(stack.lookAgain().taken()).as("a converged stack plans nothing").isEmpty();
        assertThat(stack.calls()).as("what a look at this layer costs").filteredOn(it -> !it.contains("Vpc"))
                .filteredOn(it -> !List.of("DescribeSubnets", "DescribeRouteTables", "DescribeSecurityGroups").contains(it))
                .containsExactlyInAnyOrder(
                        "GetAccountAuthorizationDetails", "DescribeLogGroups", "ListTagsForResource", "ListClusters",
                        "DescribeClusters", "ListTaskDefinitions", "ListTaskDefinitions", "DescribeTaskDefinition",
                        "DescribeServices");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CreateRole", "CreateLogGroup", "CreateCluster", "RegisterTaskDefinition", "CreateService"})
    void lostAnswerMakesNoSecondObject(String operation) {
        stack.sandbox.fault(Map.of("operation", operation, "kind", "cut-after", "nth", 1));
        stack.want("");
        stack.pass();
        stack.restart();

        stack.converge();

        assertThat(stack.objects()).as("the process ended with the answer to %s on its way", operation).isEqualTo(ServiceLayerIT.ALL);
        assertThat(stack.service().desiredCount()).isEqualTo(2);
    }

    @Test
    void roleThatEcsHasNotHeardOfYetIsTriedAgainAndStallsNobody() {
        stack.sandbox.fault(Map.of("operation", "RegisterTaskDefinition", "kind", "error", "code", "ClientException",
                "message", "Role is not valid", "status", 400, "times", 2));
        stack.want("");

        Outcome refused = stack.passUntil("a refusal", outcome -> !outcome.problems().isEmpty());

        assertThat(refused.problems().get(Keys.TASK_DEFINITION).category().needsPerson())
                .as("IAM needs seconds to be heard everywhere, and nobody has to act").isFalse();
        assertThat(refused.again()).as("and a person would wait no longer").isLessThanOrEqualTo(Duration.ofSeconds(5));
        stack.converge();
    }

    @Test
    void missingServiceLinkedRoleIsMadeOrItsMissingRightIsNamed() {
        String unable = "Unable to assume the service linked role. Please verify that the ECS service linked role exists.";
        stack.sandbox.fault(Map.of("operation", "CreateService", "kind", "error", "code", "InvalidParameterException",
                "message", unable, "status", 400, "times", 2));
        stack.sandbox.fault(Map.of("operation", "CreateServiceLinkedRole", "kind", "denied", "times", 1));
        stack.want("");

        Outcome refused = stack.passUntil("a refusal", outcome -> outcome.problems().containsKey(Keys.SERVICE));

        assertThat(refused.problems().get(Keys.SERVICE).category()).isEqualTo(Category.DENIED);
        assertThat(refused.problems().get(Keys.SERVICE).message())
                .as("ECS itself says only that the role is not there").contains("Allow iam:CreateServiceLinkedRole");
        stack.converge();
        assertThat(stack.changes()).contains("CreateServiceLinkedRole");
    }

    @Test
    void rolesThatMayNotBeListedAreAProblemThatNamesTheAction() {
        stack.sandbox.fault(Map.of("operation", "GetAccountAuthorizationDetails", "kind", "denied", "times", 0));
        stack.want("");

        Problem problem = stack.pass().problems().get(ServiceLayer.TASK_ROLE);

        assertThat(problem.category()).isEqualTo(Category.DENIED);
        assertThat(problem.message()).contains("iam:GetAccountAuthorizationDetails");
        assertThat(stack.changes()).as("what does not need a role goes on").contains("CreateLogGroup", "CreateCluster")
                .doesNotContain("CreateRole");
        stack.sandbox.clearFaults();
        stack.converge();
    }

    @Test
    void failedDeploymentIsTriedAgainByItselfAfterTenMinutes() {
        stack.want("image: '" + ServiceStack.REPOSITORY + ":late'");
        stack.passUntil("the tasks fail", outcome -> outcome.problems().containsKey(Keys.SERVICE));
        stack.sandbox.post("/images", Map.of("image", ServiceStack.REPOSITORY + ":late"));
        stack.sandbox.resetJournal();
        stack.advance(Duration.ofMinutes(9));
        stack.pass();
        assertThat(stack.changes()).as("a retry costs three tasks, so not at each look").isEmpty();

        stack.converge();

        assertThat(stack.changes()).as("the image was pushed, and nobody changed the spec").containsExactly("UpdateService");
    }

    @Test
    void nameThatSomebodyElseHoldsIsToldAndLeftAlone() {
        String name = Roles.name(stack.owner, ServiceLayer.TASK_ROLE);
        stack.person.iam().createRole(request -> request.roleName(name).assumeRolePolicyDocument(TrustPolicy.DOCUMENT));
        String group = LogGroups.name(stack.owner, ServiceLayer.LOG_GROUP);
        stack.person.logs().createLogGroup(request -> request.logGroupName(group));
        stack.advance(Duration.ofSeconds(10));
        stack.sandbox.resetJournal();
        stack.want("");

        Outcome outcome = stack.pass();

        assertThat(List.of(ServiceLayer.TASK_ROLE, ServiceLayer.LOG_GROUP)).allSatisfy(key -> {
            assertThat(outcome.problems().get(key).category()).as("%s", key).isEqualTo(Category.EXISTS);
            assertThat(outcome.problems().get(key).message()).contains("delete or rename it");
        });
        assertThat(stack.changes()).doesNotContain("TagRole", "TagResource", "CreateLogGroup", "PutRetentionPolicy");
        stack.person.iam().deleteRole(request -> request.roleName(name));
        stack.person.logs().deleteLogGroup(request -> request.logGroupName(group));
    }

    @Test
    void deletionWaitsForTheTasksAndLeavesNothing() {
        stack.want("");
        stack.converge();
        stack.want("image: '" + ServiceStack.REPOSITORY + ":nowhere'");
        stack.passUntil("two revisions are in use", outcome -> outcome.problems().containsKey(Keys.SERVICE));
        stack.sandbox.resetJournal();

        stack.wantNothingOfTheService();
        stack.passUntil("the service is asked to go", outcome -> !outcome.taken().isEmpty());
        stack.advance(Duration.ofSeconds(60));
        stack.pass();
        assertThat(stack.changes()).as("a service whose role is gone stays DRAINING for ever").containsExactly("DeleteService");
        stack.converge();
        stack.advance(Duration.ofMinutes(1));

        assertThat(stack.objects()).isEmpty();
        assertThat(stack.sandbox.changed()).isEmpty();
        assertThat(stack.changes()).as("no call is refused because something is still there")
                .containsOnlyOnce("DeleteService", "DeleteCluster", "DeleteLogGroup", "DeleteSecurityGroup");
        assertThat(stack.sandbox.journal(0)).extracting(call -> call.get("outcome").asText()).containsOnly("ok");
    }
}
