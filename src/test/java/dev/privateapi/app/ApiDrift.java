package dev.privateapi.app;

import static dev.privateapi.app.DriftCase.ADDITIONS;
import static dev.privateapi.app.DriftCase.EXISTS;
import static dev.privateapi.app.DriftCase.fixed;
import static dev.privateapi.app.DriftCase.repaired;

import dev.privateapi.model.Problem.Category;
import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.services.apigateway.model.Op;
import software.amazon.awssdk.services.apigateway.model.PatchOperation;

/** The private REST API, its link, methods, deployment and stage. */
final class ApiDrift {

    private static final String API = "api/rest-api";
    private static final String LINK = "api/vpc-link";
    private static final String METHODS = "api/methods";
    private static final String DEPLOYMENT = "api/deployment";
    private static final String STAGE = "api/stage/live";
    private static final String ANYBODY = """
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke",
             "Resource": "execute-api:/*"}]}""";

    private ApiDrift() {}

    static Stream<DriftCase> cases() {
        return Stream.of(api(), link(), methods(), deployment(), stage()).flatMap(cases -> cases);
    }

    private static DriftCase.Drift api(Op op, String path, String value) {
        return (stack, id) -> stack.person.apiGateway().updateRestApi(it -> it.restApiId(stack.id(API))
                .patchOperations(PatchOperation.builder().op(op).path(path).value(value).build()));
    }

    private static Stream<DriftCase> api() {
        String types = "/endpointConfiguration/types/";
        return Stream.of(
                repaired(API, "name", api(Op.REPLACE, "/name", "mine")),
                repaired(API, "description", api(Op.REPLACE, "/description", "mine")),
                repaired(API, "policy", api(Op.REPLACE, "/policy", ANYBODY)),
                repaired(API, "disableExecuteApiEndpoint", api(Op.REPLACE, "/disableExecuteApiEndpoint", "true")),
                repaired(API, "vpcEndpointIds", (stack, id) ->
                        api(Op.REMOVE, "/endpointConfiguration/vpcEndpointIds", stack.id("endpoints/execute-api")).on(stack, id)),
                repaired(API, ADDITIONS, (stack, id) ->
                        api(Op.ADD, "/endpointConfiguration/vpcEndpointIds", stack.id("endpoints/logs")).on(stack, id)),
                new DriftCase.Reported(API, "type", ApiDrift::open,
                        api(Op.REPLACE, types + "REGIONAL", "PRIVATE"), Category.NOT_CHANGEABLE),
                repaired(API, EXISTS, (stack, id) -> stack.person.apiGateway().deleteRestApi(it -> it.restApiId(id))).in(1));
    }

    /** AWS lets only a private API have endpoints (API reference, EndpointConfiguration). */
    private static void open(SandboxStack stack, String id) {
        stack.person.apiGateway().updateRestApi(it -> it.restApiId(id).patchOperations(
                PatchOperation.builder().op(Op.REMOVE).path("/endpointConfiguration/vpcEndpointIds")
                        .value(stack.id("endpoints/execute-api")).build(),
                PatchOperation.builder().op(Op.REPLACE).path("/endpointConfiguration/types/PRIVATE").value("REGIONAL").build()));
    }

    private static Stream<DriftCase> link() {
        return Stream.of(
                fixed(LINK, ADDITIONS, "AWS changes the target of no link"),
                repaired(LINK, "name", (stack, id) -> stack.person.apiGateway().updateVpcLink(it -> it.vpcLinkId(id)
                        .patchOperations(PatchOperation.builder().op(Op.REPLACE).path("/name").value("mine").build()))),
                repaired(LINK, EXISTS, (stack, id) -> stack.person.apiGateway().deleteVpcLink(it -> it.vpcLinkId(id))).in(2));
    }

    private static String root(SandboxStack stack) {
        return stack.person.apiGateway().getResources(it -> it.restApiId(stack.id(API))).items().stream()
                .filter(it -> it.path().equals("/")).findFirst().orElseThrow().id();
    }

    private static Stream<DriftCase> methods() {
        return Stream.of(
                fixed(METHODS, "api.name", "the API's own: api/rest-api"),
                repaired(METHODS, "routes", (stack, id) -> stack.person.apiGateway().updateMethod(it ->
                        it.restApiId(stack.id(API)).resourceId(root(stack)).httpMethod("GET").patchOperations(
                                PatchOperation.builder().op(Op.REPLACE).path("/authorizationType").value("AWS_IAM").build()))),
                repaired(METHODS, "port", (stack, id) -> stack.person.apiGateway().updateIntegration(it ->
                        it.restApiId(stack.id(API)).resourceId(root(stack)).httpMethod("GET").patchOperations(
                                PatchOperation.builder().op(Op.REPLACE).path("/uri").value("http://elsewhere.example:81/")
                                        .build()))),
                repaired(METHODS, ADDITIONS, (stack, id) -> {
                    String more = stack.person.apiGateway().createResource(it -> it.restApiId(stack.id(API)).parentId(root(stack))
                            .pathPart("more")).id();
                    stack.person.apiGateway().putMethod(it -> it.restApiId(stack.id(API)).resourceId(more).httpMethod("ANY")
                            .authorizationType("NONE"));
                }),
                repaired(METHODS, EXISTS, (stack, id) -> stack.person.apiGateway().deleteMethod(it -> it.restApiId(stack.id(API))
                        .resourceId(root(stack)).httpMethod("GET"))));
    }

    private static Stream<DriftCase> deployment() {
        return Stream.concat(
                fixed(DEPLOYMENT, Stream.of("api.name", "routes", "port"), "a deployment never changes; the stage serves one"),
                Stream.of(
                        new DriftCase.LeftAlone(DEPLOYMENT, ADDITIONS, (stack, id) -> foreign(stack), (stack, id) ->
                                stack.person.apiGateway().getDeployments(it -> it.restApiId(stack.id(API))).items().stream()
                                        .filter(it -> !it.id().equals(id))
                                        .forEach(other -> stack.person.apiGateway().deleteDeployment(it ->
                                                it.restApiId(stack.id(API)).deploymentId(other.id()))),
                                "a deployment that no stage serves is whoever's made it"),
                        repaired(DEPLOYMENT, EXISTS, (stack, id) -> {
                            serve(stack, foreign(stack));
                            stack.person.apiGateway().deleteDeployment(it -> it.restApiId(stack.id(API)).deploymentId(id));
                        }).in(3)));
    }

    private static String foreign(SandboxStack stack) {
        return stack.person.apiGateway().createDeployment(it -> it.restApiId(stack.id(API)).description("by hand")).id();
    }

    private static void serve(SandboxStack stack, String deployment) {
        stage(stack, Op.REPLACE, "/deploymentId", deployment);
    }

    private static void stage(SandboxStack stack, Op op, String path, String value) {
        stack.person.apiGateway().updateStage(it -> it.restApiId(stack.id(API)).stageName("live")
                .patchOperations(List.of(PatchOperation.builder().op(op).path(path).value(value).build())));
    }

    private static Stream<DriftCase> stage() {
        return Stream.of(
                fixed(STAGE, "stageName", "AWS renames no stage"),
                repaired(STAGE, "deploymentId", (stack, id) -> serve(stack, foreign(stack))),
                repaired(STAGE, "variables", (stack, id) -> stage(stack, Op.REPLACE, "/variables/vpcLinkId", "nowhere")),
                repaired(STAGE, ADDITIONS, (stack, id) -> stage(stack, Op.REPLACE, "/variables/more", "x")),
                repaired(STAGE, EXISTS, (stack, id) -> stack.person.apiGateway()
                        .deleteStage(it -> it.restApiId(stack.id(API)).stageName("live"))).in(4));
    }
}
