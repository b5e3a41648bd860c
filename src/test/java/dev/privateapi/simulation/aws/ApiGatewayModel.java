package dev.privateapi.simulation.aws;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.privateapi.simulation.aws.Errors.Code;
import dev.privateapi.simulation.aws.LoadBalancingModel.Balancer;
import dev.privateapi.simulation.aws.Thing.Seen;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.apigateway.ApiGatewayClient;
import software.amazon.awssdk.services.apigateway.model.*;
import software.amazon.awssdk.services.ec2.model.VpcEndpoint;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerStateEnum;

/** API Gateway: REST APIs, what is in them, and VPC links ("V1"). */
final class ApiGatewayModel extends ServiceModel implements ApiGatewayClient {

    private static final ObjectMapper JSON = new ObjectMapper();

    ApiGatewayModel(World world, Place place, Caller caller) {
        super(world, place, caller, "apigateway", new Errors(ApiGatewayException::builder,
                new Code("TooManyRequestsException", 429), new Code("AccessDeniedException", 403)));
    }

    /** @param resources by path */
    record Api(RestApi sdk, Map<String, Resource> resources) {

        private Api with(RestApi changed) {
            return new Api(changed, resources);
        }
    }

    private AwsServiceException bad(String message) {
        return refuse("BadRequestException", 400, message);
    }

    private AwsServiceException none(String message) {
        return refuse("NotFoundException", 404, message);
    }

    // ---- REST APIs

    @Override
    public CreateRestApiResponse createRestApi(CreateRestApiRequest request) {
        return call("CreateRestApi", () -> {
            checkEndpoints(request.endpointConfiguration().vpcEndpointIds());
            String id = world.hex(10);
            RestApi api = RestApi.builder().id(id).name(request.name()).description(request.description())
                    .createdDate(world.now()).policy(printed(request.policy(), id)).disableExecuteApiEndpoint(false)
                    .endpointConfiguration(request.endpointConfiguration().toBuilder().ipAddressType("dualstack").build())
                    .rootResourceId(world.hex(10)).build();
            Thing<Api> made = add(id, "", new Api(api, Map.of("/", resource("/", api.rootResourceId()))), request.tags());
            return CreateRestApiResponse.builder().id(id).name(api.name()).description(api.description())
                    .policy(api.policy()).endpointConfiguration(api.endpointConfiguration()).createdDate(api.createdDate())
                    .disableExecuteApiEndpoint(false).rootResourceId(api.rootResourceId()).tags(made.tags()).build();
        });
    }

    private static Resource resource(String path, String id) {
        return Resource.builder().id(id).path(path).resourceMethods(Map.of()).build();
    }

    private void checkEndpoints(List<String> ids) {
        ids.stream().filter(id -> world.find(VpcEndpoint.class, id).isEmpty()).findFirst().ifPresent(id -> {
            throw bad("VPC endpoint " + id + " does not exist");
        });
    }

    /** With the API's whole ARN in it, and escaped once more, as API Gateway shows every policy. */
    private String printed(String policy, String id) {
        if (policy == null || policy.isEmpty()) {
            return null;
        }
        String expanded = policy.replace("\"execute-api:/", "\"" + place.arn("execute-api", id + "/"));
        return expanded.replace("\"", "\\\"").replace("/", "\\/");
    }

    Thing<Api> api(String id) {
        return find(Api.class, id).orElseThrow(() -> none("Invalid API identifier specified " + id));
    }

    @Override
    public GetRestApisResponse getRestApis(GetRestApisRequest request) {
        return call("GetRestApis", () -> GetRestApisResponse.builder().items(listed(Api.class)
                .map(it -> it.state().sdk.toBuilder().tags(it.tags()).build()).toList()).build());
    }

    @Override
    public UpdateRestApiResponse updateRestApi(UpdateRestApiRequest request) {
        return call("UpdateRestApi", () -> {
            Thing<Api> api = api(request.restApiId());
            RestApi.Builder changed = api.state().sdk.toBuilder();
            request.patchOperations().forEach(it -> patch(changed, it, api.id()));
            RestApi now = changed.build();
            checkEndpoints(now.endpointConfiguration().vpcEndpointIds());
            api.change(it -> it.with(now));
            return UpdateRestApiResponse.builder().id(now.id()).name(now.name()).description(now.description())
                    .policy(now.policy()).endpointConfiguration(now.endpointConfiguration())
                    .disableExecuteApiEndpoint(now.disableExecuteApiEndpoint()).tags(api.tags()).build();
        });
    }

    private void patch(RestApi.Builder api, PatchOperation operation, String id) {
        switch (operation.path()) {
            case "/name" -> api.name(operation.value());
            case "/description" -> api.description(operation.value());
            case "/policy" -> api.policy(printed(operation.value(), id));
            case "/disableExecuteApiEndpoint" -> api.disableExecuteApiEndpoint(Boolean.valueOf(operation.value()));
            case "/endpointConfiguration/vpcEndpointIds" -> {
                EndpointConfiguration is = api.build().endpointConfiguration();
                List<String> ids = new ArrayList<>(is.vpcEndpointIds());
                ids.remove(operation.value());
                if (operation.op() == Op.ADD) {
                    ids.add(operation.value());
                }
                api.endpointConfiguration(is.toBuilder().vpcEndpointIds(ids).build());
            }
            default -> throw bad("Invalid patch path '" + operation.path() + "'");
        }
    }

    @Override
    public DeleteRestApiResponse deleteRestApi(DeleteRestApiRequest request) {
        return call("DeleteRestApi", () -> {
            Thing<Api> api = api(request.restApiId());
            world.all().filter(it -> it.parent().equals(api.id())).toList().forEach(world::remove);
            world.remove(api);
            return DeleteRestApiResponse.builder().build();
        });
    }

    // ---- methods

    @Override
    public PutRestApiResponse putRestApi(PutRestApiRequest request) {
        return call("PutRestApi", () -> {
            Thing<Api> api = api(request.restApiId());
            JsonNode document = parsed(request.body().asUtf8String());
            Map<String, Resource> resources = new LinkedHashMap<>(Map.of("/", resource("/", api.state().sdk.rootResourceId())));
            document.path("paths").properties().forEach(it -> resources.merge(
                    it.getKey(), resource(it.getKey(), world.hex(6)).toBuilder().resourceMethods(methods(it.getValue())).build(),
                    (old, added) -> added.toBuilder().id(old.id()).build()));
            JsonNode ids = document.at("/servers/0/x-amazon-apigateway-endpoint-configuration/vpcEndpointIds");
            List<String> endpoints = new ArrayList<>();
            ids.forEach(id -> endpoints.add(id.asText()));
            checkEndpoints(endpoints);
            RestApi is = api.state().sdk;
            api.set(new Api(is.toBuilder().name(document.at("/info/title").asText())
                    .description(document.at("/info/description").asText())
                    .policy(printed(document.path("x-amazon-apigateway-policy").toString(), api.id()))
                    .endpointConfiguration(is.endpointConfiguration().toBuilder().vpcEndpointIds(endpoints).build())
                    .build(), resources));
            return PutRestApiResponse.builder().id(api.id()).build();
        });
    }

    private JsonNode parsed(String document) {
        try {
            return JSON.readTree(document);
        } catch (JsonProcessingException e) {
            throw bad("Invalid OpenAPI input.");
        }
    }

    private static Map<String, Method> methods(JsonNode path) {
        Map<String, Method> methods = new HashMap<>();
        path.properties().forEach(it -> {
            String verb = it.getKey().equals("x-amazon-apigateway-any-method") ? "ANY" : it.getKey().toUpperCase(
                    Locale.ROOT);
            methods.put(verb, Method.builder().httpMethod(verb).authorizationType("NONE").apiKeyRequired(false)
                    .methodIntegration(integration(it.getValue().path("x-amazon-apigateway-integration"))).build());
        });
        return methods;
    }

    private static Integration integration(JsonNode given) {
        Map<String, String> parameters = new HashMap<>();
        given.path("requestParameters").properties().forEach(it -> parameters.put(it.getKey(), it.getValue().asText()));
        return Integration.builder().type(given.path("type").asText().toUpperCase(Locale.ROOT))
                .httpMethod(given.path("httpMethod").asText()).uri(given.path("uri").asText())
                .connectionType(given.path("connectionType").asText()).connectionId(given.path("connectionId").asText())
                .passthroughBehavior(given.path("passthroughBehavior").asText().toUpperCase(Locale.ROOT))
                .timeoutInMillis(given.path("timeoutInMillis").asInt()).requestParameters(parameters)
                .cacheNamespace("none").build();
    }

    @Override
    public GetResourcesResponse getResources(GetResourcesRequest request) {
        return call("GetResources", () -> GetResourcesResponse.builder()
                .items(api(request.restApiId()).listed().state().resources.values()).build());
    }

    @Override
    public DeleteMethodResponse deleteMethod(DeleteMethodRequest request) {
        return call("DeleteMethod", () -> {
            Thing<Api> api = api(request.restApiId());
            Map<String, Resource> resources = new LinkedHashMap<>(api.state().resources);
            resources.replaceAll((path, it) -> it.id().equals(request.resourceId()) ? without(it, request.httpMethod()) : it);
            api.change(it -> new Api(it.sdk, resources));
            return DeleteMethodResponse.builder().build();
        });
    }

    private static Resource without(Resource resource, String verb) {
        Map<String, Method> rest = new HashMap<>(resource.resourceMethods());
        rest.remove(verb);
        return resource.toBuilder().resourceMethods(rest).build();
    }

    // ---- deployments

    @Override
    public CreateDeploymentResponse createDeployment(CreateDeploymentRequest request) {
        return call("CreateDeployment", () -> {
            Thing<Api> api = api(request.restApiId());
            if (api.state().resources.values().stream().allMatch(it -> it.resourceMethods().isEmpty())) {
                throw bad("The REST API doesn't contain any methods");
            } else if (api.state().sdk.policy() == null) {
                throw bad("Private REST API doesn't have a resource policy attached to it");
            }
            String id = world.hex(6);
            add(id, api.id(), Deployment.builder().id(id).description(request.description()).createdDate(world.now()).build(),
                    Map.of());
            return CreateDeploymentResponse.builder().id(id).description(request.description()).createdDate(world.now())
                    .build();
        });
    }

    private Thing<Deployment> deployment(String apiId, String id) {
        return find(Deployment.class, id).filter(it -> it.parent().equals(apiId))
                .orElseThrow(() -> none("Invalid Deployment identifier specified"));
    }

    @Override
    public GetDeploymentsResponse getDeployments(GetDeploymentsRequest request) {
        return call("GetDeployments", () -> {
            api(request.restApiId());
            return GetDeploymentsResponse.builder().items(world.listed(Deployment.class, place)
                    .filter(it -> it.parent().equals(request.restApiId())).map(Thing::state).toList()).build();
        });
    }

    @Override
    public DeleteDeploymentResponse deleteDeployment(DeleteDeploymentRequest request) {
        return call("DeleteDeployment", () -> {
            api(request.restApiId());
            Thing<Deployment> deployment = deployment(request.restApiId(), request.deploymentId());
            if (all(Stage.class).anyMatch(it -> it.parent().equals(request.restApiId())
                    && it.state().deploymentId().equals(deployment.id()))) {
                throw bad("Active stages pointing to this deployment must be moved or deleted");
            }
            world.remove(deployment);
            return DeleteDeploymentResponse.builder().build();
        });
    }

    // ---- stages

    private static String stageId(String apiId, String name) {
        return apiId + "/stages/" + name;
    }

    private Thing<Stage> stage(String apiId, String name) {
        api(apiId);
        return find(Stage.class, stageId(apiId, name)).orElseThrow(() -> none("Invalid stage identifier specified"));
    }

    @Override
    public CreateStageResponse createStage(CreateStageRequest request) {
        return call("CreateStage", () -> {
            api(request.restApiId());
            deployment(request.restApiId(), request.deploymentId());
            String id = stageId(request.restApiId(), request.stageName());
            if (find(Stage.class, id).isPresent()) {
                throw refuse("ConflictException", 409, "Stage already exists");
            }
            add(id, request.restApiId(), Stage.builder().stageName(request.stageName()).deploymentId(request.deploymentId())
                    .variables(request.variables()).build(), request.tags());
            return CreateStageResponse.builder().stageName(request.stageName()).build();
        });
    }

    @Override
    public GetStagesResponse getStages(GetStagesRequest request) {
        return call("GetStages", () -> {
            api(request.restApiId());
            return GetStagesResponse.builder().item(listed(Stage.class)
                    .filter(it -> it.id().startsWith(request.restApiId() + "/"))
                    .map(it -> it.state().toBuilder().tags(it.tags()).build()).toList()).build();
        });
    }

    @Override
    public UpdateStageResponse updateStage(UpdateStageRequest request) {
        return call("UpdateStage", () -> {
            Thing<Stage> stage = stage(request.restApiId(), request.stageName());
            Map<String, String> variables = new HashMap<>(stage.state().variables());
            String deployment = stage.state().deploymentId();
            for (PatchOperation it : request.patchOperations()) {
                if (it.path().equals("/deploymentId")) {
                    deployment = deployment(request.restApiId(), it.value()).id();
                } else if (it.op() == Op.REMOVE) {
                    variables.remove(it.path().substring("/variables/".length()));
                } else {
                    variables.put(it.path().substring("/variables/".length()), it.value());
                }
            }
            stage.set(stage.state().toBuilder().deploymentId(deployment).variables(variables).build());
            return UpdateStageResponse.builder().stageName(request.stageName()).build();
        });
    }

    @Override
    public DeleteStageResponse deleteStage(DeleteStageRequest request) {
        return call("DeleteStage", () -> {
            world.remove(stage(request.restApiId(), request.stageName()));
            return DeleteStageResponse.builder().build();
        });
    }

    // ---- VPC links

    @Override
    public CreateVpcLinkResponse createVpcLink(CreateVpcLinkRequest request) {
        return call("CreateVpcLink", () -> {
            String id = world.hex(6);
            Optional<String> failure = refusal(request.targetArns().getFirst());
            VpcLink link = VpcLink.builder().id(id).name(request.name()).targetArns(request.targetArns())
                    .status(VpcLinkStatus.PENDING).build();
            Thing<VpcLink> made = add(id, "", link, request.tags());
            world.after(world.takes(failure.isPresent() ? Takes.VPC_LINK_FAILURE : Takes.VPC_LINK), () -> {
                if (made.state().status() == VpcLinkStatus.PENDING) {
                    made.change(it -> it.toBuilder().statusMessage(failure.orElse("Your vpc link is ready for use"))
                            .status(failure.isPresent() ? VpcLinkStatus.FAILED : VpcLinkStatus.AVAILABLE).build());
                }
            });
            return CreateVpcLinkResponse.builder().id(id).name(link.name()).targetArns(link.targetArns())
                    .status(link.status()).tags(request.tags()).build();
        });
    }

    /** Why it will end as FAILED: the checks run after the call was accepted. */
    private Optional<String> refusal(String target) {
        boolean active = world.find(Balancer.class, target)
                .filter(it -> it.state().sdk().state().code() == LoadBalancerStateEnum.ACTIVE).isPresent();
        boolean taken = all(VpcLink.class).anyMatch(it -> it.state().targetArns().contains(target)
                && it.state().status() != VpcLinkStatus.FAILED);
        return !active ? Optional.of("NLB is not in active state.")
                : taken ? Optional.of("NLB is already associated with another VPC Endpoint Service") : Optional.empty();
    }

    private Thing<VpcLink> link(String id) {
        return find(VpcLink.class, id).orElseThrow(() -> none("Invalid Vpc Link identifier specified"));
    }

    @Override
    public GetVpcLinksResponse getVpcLinks(GetVpcLinksRequest request) {
        return call("GetVpcLinks", () -> GetVpcLinksResponse.builder().items(listed(VpcLink.class)
                .map(it -> it.state().toBuilder().tags(it.tags()).build()).toList()).build());
    }

    @Override
    public UpdateVpcLinkResponse updateVpcLink(UpdateVpcLinkRequest request) {
        return call("UpdateVpcLink", () -> {
            link(request.vpcLinkId()).change(it ->
                    it.toBuilder().name(request.patchOperations().getFirst().value()).build());
            return UpdateVpcLinkResponse.builder().build();
        });
    }

    @Override
    public DeleteVpcLinkResponse deleteVpcLink(DeleteVpcLinkRequest request) {
        return call("DeleteVpcLink", () -> {
            Thing<VpcLink> link = link(request.vpcLinkId());
            if (link.state().status() != VpcLinkStatus.DELETING) {
                link.change(it -> it.toBuilder().status(VpcLinkStatus.DELETING).build());
                world.after(world.takes(Takes.VPC_LINK_DELETION), () -> world.remove(link));
            }
            return DeleteVpcLinkResponse.builder().build();
        });
    }

    // ---- tags

    @Override
    public TagResourceResponse tagResource(TagResourceRequest request) {
        return call("TagResource", () -> {
            tagged(request.resourceArn()).tag(request.tags());
            return TagResourceResponse.builder().build();
        });
    }

    @Override
    public UntagResourceResponse untagResource(UntagResourceRequest request) {
        return call("UntagResource", () -> {
            tagged(request.resourceArn()).untag(request.tagKeys());
            return UntagResourceResponse.builder().build();
        });
    }

    private Thing<?> tagged(String arn) {
        String path = arn.substring(arn.indexOf("::/") + 3);
        return world.find(path.substring(path.indexOf('/') + 1))
                .orElseThrow(() -> none("Invalid resource identifier specified"));
    }
}
