package dev.privateapi.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.privateapi.engine.Outcome;
import dev.privateapi.layers.Keys;
import dev.privateapi.model.Wait;
import dev.privateapi.status.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.apigateway.model.Op;
import software.amazon.awssdk.services.apigateway.model.PatchOperation;
import software.amazon.awssdk.services.apigateway.model.Stage;

/** The private REST API in its stack: what changes, what drifts, and what a lost answer leaves. */
@TestInstance(Lifecycle.PER_CLASS)
class ApiLayerIT {

    private SandboxStack stack;

    @BeforeAll
    void seed() {
        stack = SandboxStack.seeded();
    }

    @AfterAll
    void stop() {
        stack.close();
    }

    private Stage stage(String name) {
        return stack.person.apiGateway().getStages(it -> it.restApiId(stack.id("api/rest-api"))).item().stream()
                .filter(it -> it.stageName().equals(name)).findFirst().orElseThrow();
    }

    private Outcome repaired() {
        stack.sandbox.resetJournal();
        stack.lookAgain();
        Outcome outcome = stack.converge();
        assertThat(stack.lookAgain().taken()).as("what is right stays as it is").isEmpty();
        return outcome;
    }

    private void patch(Op op, String path, String value) {
        stack.person.apiGateway().updateRestApi(it -> it.restApiId(stack.id("api/rest-api"))
                .patchOperations(PatchOperation.builder().op(op).path(path).value(value).build()));
    }

    @Test
    void apiIsAskedThroughLinkLoadBalancerAndTask() {
        Outcome outcome = stack.converge();

        assertThat(stack.ask(outcome)).isInstanceOf(Verdict.Answered.class);
        assertThat(stack.callFromPeer(outcome, "/")).isEqualTo(200);
    }

    @Test
    void addedAndRemovedRouteIsImportedDeployedAndServedInAFewCalls() {
        ObjectNode spec = SandboxStack.seed();
        ((ObjectNode) spec.get("api")).withArray("routes").addObject().put("path", "/files/{proxy+}").putArray("methods").add("ANY");
        stack.converge();
        stack.sandbox.resetJournal();

        stack.want(spec);
        stack.converge();
        Outcome outcome = stack.lookAgain();

        assertThat(stack.changes()).as("one import, one deployment, the stage moved to it, the old one gone")
                .containsExactly("PutRestApi", "CreateDeployment", "UpdateStage", "DeleteDeployment");
        assertThat(stack.callFromPeer(outcome, "/files/a/b")).as("the container has only /, and says so itself").isEqualTo(404);

        stack.want(SandboxStack.seed());
        outcome = stack.converge();
        stack.advance(Duration.ofSeconds(10));
        assertThat(stack.callFromPeer(outcome, "/files/a/b")).as("what is no route is refused").isEqualTo(403);
    }

    @Test
    void stageThatWasJustMovedIsServedBeforeItCounts() {
        ObjectNode spec = SandboxStack.seed();
        ((ObjectNode) spec.get("api")).withArray("routes").addObject().put("path", "/soon").putArray("methods").add("GET");
        stack.converge();
        stack.sandbox.resetJournal();

        stack.want(spec);
        Outcome outcome = stack.passUntil("the stage is moved", it -> stack.changes().contains("UpdateStage"));
        assertThat(outcome.plan().waits()).extracting(Wait::key).as("whoever calls now gets the answers of before")
                .containsExactly(Keys.stage("live"));
        assertThat(stack.callFromPeer(outcome, "/soon")).isEqualTo(403);

        outcome = stack.converge();
        assertThat(stack.callFromPeer(outcome, "/soon")).as("the container's own answer").isEqualTo(404);
        stack.want(SandboxStack.seed());
        stack.converge();
    }

    @Test
    void renamedStageIsServedBesideTheOldOneIsGone() {
        ObjectNode spec = SandboxStack.seed();
        ((ObjectNode) spec.get("api")).put("stage", "v2");

        stack.want(spec);
        Outcome outcome = stack.converge();
        stack.advance(Duration.ofSeconds(10));

        assertThat(stack.callFromPeer(outcome, "/")).isEqualTo(200);
        assertThat(stack.person.apiGateway().getStages(it -> it.restApiId(stack.id("api/rest-api"))).item())
                .extracting(Stage::stageName).containsExactly("v2");
        stack.want(SandboxStack.seed());
        stack.converge();
    }

    @ParameterizedTest
    @ValueSource(strings = {"policy", "name", "description", "disableExecuteApiEndpoint"})
    void changedPropertyOfTheApiIsPutRight(String property) {
        Object before = property(property);
        patch(Op.REPLACE, "/" + property, switch (property) {
            case "policy" -> "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\","
                    + "\"Action\":\"execute-api:Invoke\",\"Resource\":\"execute-api:/*\"}]}";
            case "disableExecuteApiEndpoint" -> "true";
            default -> "changed";
        });

        Outcome outcome = repaired();

        assertThat(property(property)).isEqualTo(before);
        assertThat(stack.changes()).contains("UpdateRestApi");
        assertThat(stack.callFromPeer(outcome, "/")).isEqualTo(200);
    }

    private Object property(String name) {
        return stack.person.apiGateway().getRestApi(it -> it.restApiId(stack.id("api/rest-api")))
                .getValueForField(name, Object.class).orElse(null);
    }

    @Test
    void methodsThatSomebodyAddsOrRemovesAreNeverDeployed() {
        String api = stack.id("api/rest-api");
        String root = stack.person.apiGateway().getResources(it -> it.restApiId(api)).items().getFirst().id();
        String deployed = stage("live").deploymentId();
        stack.person.apiGateway().putMethod(it -> it.restApiId(api).resourceId(root).httpMethod("DELETE").authorizationType("NONE"));
        stack.person.apiGateway().deleteMethod(it -> it.restApiId(api).resourceId(root).httpMethod("GET"));

        repaired();

        assertThat(stack.changes()).as("the methods are put right, and what is deployed was never wrong")
                .containsExactly("PutRestApi");
        assertThat(stage("live").deploymentId()).isEqualTo(deployed);
        assertThat(stack.person.apiGateway().getResources(it -> it.restApiId(api).embed("methods")).items().getFirst()
                .resourceMethods()).containsOnlyKeys("GET");
    }

    @Test
    void stageServesOurDeploymentThroughOurLinkAgain() {
        String api = stack.id("api/rest-api");
        Stage right = stage("live");
        String other = stack.person.apiGateway().createDeployment(it -> it.restApiId(api).description("by hand")).id();
        stack.person.apiGateway().updateStage(it -> it.restApiId(api).stageName("live").patchOperations(
                PatchOperation.builder().op(Op.REPLACE).path("/deploymentId").value(other).build(),
                PatchOperation.builder().op(Op.REPLACE).path("/variables/vpcLinkId").value("nowhere").build(),
                PatchOperation.builder().op(Op.REPLACE).path("/variables/more").value("x").build()));

        repaired();

        assertThat(stack.changes()).containsExactly("UpdateStage");
        assertThat(stage("live").deploymentId()).isEqualTo(right.deploymentId());
        assertThat(stage("live").variables()).isEqualTo(right.variables());
        assertThat(stack.person.apiGateway().getDeployments(it -> it.restApiId(api)).items())
                .as("a deployment made by hand is not ours to delete").anyMatch(it -> it.id().equals(other));
        stack.person.apiGateway().deleteDeployment(it -> it.restApiId(api).deploymentId(other));
    }

    @Test
    void lostAnswersLeaveNothingTwice() {
        try (SandboxStack fresh = SandboxStack.empty()) {
            List.of("CreateRestApi", "PutRestApi", "CreateDeployment", "CreateVpcLink", "CreateStage").forEach(operation ->
                    fresh.sandbox.fault(Map.of("operation", operation, "kind", "cut-after", "nth", 1)));
            fresh.want(SandboxStack.seed());
            fresh.converge();
            fresh.lookAgain();

            assertThat(fresh.objects()).as("each create happened, though its answer was lost").doesNotHaveDuplicates();
            assertThat(fresh.person.apiGateway().getDeployments(it -> it.restApiId(fresh.id("api/rest-api"))).items()).hasSize(1);

            fresh.wantNothing();
            fresh.passUntil("it is gone", Outcome::gone);
            assertThat(fresh.sandbox.left()).isEmpty();
        }
    }
}
