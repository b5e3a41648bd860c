package dev.privateapi.layers.apigateway;

import dev.privateapi.aws.Aws;
import dev.privateapi.aws.Query;
import dev.privateapi.layers.Change;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.Refusals;
import dev.privateapi.layers.Shown;
import dev.privateapi.layers.Sight;
import dev.privateapi.layers.Tagging;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Birth;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import software.amazon.awssdk.services.apigateway.model.EndpointConfiguration;
import software.amazon.awssdk.services.apigateway.model.EndpointType;
import software.amazon.awssdk.services.apigateway.model.Op;
import software.amazon.awssdk.services.apigateway.model.RestApi;

/**
 * Private REST APIs. API Gateway takes neither a token nor a unique name for them: after a lost answer there may be two
 * with the tags of one, of which the older is kept and the other, which nothing refers to, is deleted.
 */
final class RestApis implements Driver<RestApis.Desired, RestApis.Api> {

    /** API reference, GetRestApis: the longest page. */
    private static final int PAGE = 500;

    private final Aws aws;

    RestApis(Aws aws) {
        this.aws = aws;
    }

    /** @param name what the console shows */
    record Desired(String name) {

        String description() {
            return "Private API of PrivateApiStack " + name;
        }
    }

    /** @param policy its {@linkplain ResourcePolicy#meaning meaning} */
    record Api(
            String id,
            String name,
            String description,
            String policy,
            Set<String> types,
            Set<String> vpcEndpointIds,
            boolean disableExecuteApiEndpoint,
            Map<String, String> tags) {

        private boolean isPrivate() {
            return types.contains(EndpointType.PRIVATE.toString());
        }

        private Api tagged(Map<String, String> tags) {
            return new Api(id, name, description, policy, types, vpcEndpointIds, disableExecuteApiEndpoint, tags);
        }
    }

    @Override
    public Kind kind() {
        return Kind.REST_API;
    }

    @Override
    public List<Live> observe(Sight sight) {
        List<Api> apis = sight.among(sight.read(aws.reads(), new Query<>(
                "apigateway:GetRestApis", () -> Shown.owned(list(), Api::id, Api::tags))), kind());
        List<Live> lives = sight.pick(kind(), apis, Api::id, Api::tags, this::live);
        return sight.wanted(kind()).findAny().isPresent() ? lives : lives.stream().map(RestApis::going).toList();
    }

    /**
     * An account deletes one API in 30 seconds: with a hundred to go, endpoints that cost money would wait for the better part
     * of an hour.
     */
    private static Live going(Live live) {
        return live.using(Set.of());
    }

    private List<Api> list() {
        return aws.apiGateway().getRestApisPaginator(request -> request.limit(PAGE)).items().stream()
                .sorted(Comparator.comparing(RestApi::createdDate).thenComparing(RestApi::id))
                .map(api -> api(api.id(), api.name(), api.description(), api.policy(), api.endpointConfiguration(),
                        api.disableExecuteApiEndpoint(), api.tags()))
                .toList();
    }

    private static Api api(
            String id, String name, String description, String policy, EndpointConfiguration endpoints, Boolean disabled,
            Map<String, String> tags) {
        return new Api(id, name, description, ResourcePolicy.meaning(policy, id), new TreeSet<>(endpoints.typesAsStrings()),
                new TreeSet<>(endpoints.vpcEndpointIds()), Boolean.TRUE.equals(disabled), tags);
    }

    @Override
    public Live live(ResourceKey key, Api api) {
        Live live = Live.of(key, api.id, Phase.READY, api)
                .using(api.vpcEndpointIds)
                .with(Map.of(Attribute.DIGEST, digest(api.policy, api.vpcEndpointIds)));
        return api.isPrivate() ? live : live.troubled(new Problem(
                Category.NOT_CHANGEABLE, "REST API " + api.id + " is not PRIVATE any more but " + api.types
                        + ": change it back in the console, or delete it to have it made anew under another id."));
    }

    /** Of what has to be deployed anew when it changes (API Gateway Developer Guide, "Redeploy a REST API"). */
    private static String digest(String policy, Set<String> vpcEndpointIds) {
        return policy + " " + vpcEndpointIds;
    }

    /** The digest of an API that is as it should be. */
    static String digest(Refs refs) {
        String endpoint = refs.id(ApiLayer.ENDPOINT);
        return digest(policy(endpoint, refs.id(Keys.REST_API)), Set.of(endpoint));
    }

    private static String policy(String endpoint, String restApiId) {
        return ResourcePolicy.meaning(ResourcePolicy.text(endpoint), restApiId);
    }

    @Override
    public List<Change<Api>> compare(Desired wanted, Api have, Refs refs) {
        String endpoint = refs.id(ApiLayer.ENDPOINT);
        Patch<Api> patch = new Patch<>();
        // Of one that is not private AWS refuses endpoints, and that refusal would hide what is really wrong.
        if (have.isPrivate() && !have.vpcEndpointIds.equals(Set.of(endpoint))) {
            patch.tell("vpcEndpointIds", have.vpcEndpointIds, "[" + endpoint + "]");
            associate(endpoint, have.vpcEndpointIds, patch);
        }
        if (!policy(endpoint, have.id).equals(have.policy)) {
            patch.tell("policy", have.policy, "callers through " + endpoint + " only")
                    .with(Op.REPLACE, "/policy", ResourcePolicy.text(endpoint));
        }
        return patch.replace("name", "/name", have.name, wanted.name)
                .replace("description", "/description", have.description, wanted.description())
                .replace("disableExecuteApiEndpoint", "/disableExecuteApiEndpoint", have.disableExecuteApiEndpoint, "false")
                .changes((api, operations) -> {
                    var now = aws.apiGateway().updateRestApi(it -> it.restApiId(api.id).patchOperations(operations));
                    return api(now.id(), now.name(), now.description(), now.policy(), now.endpointConfiguration(),
                            now.disableExecuteApiEndpoint(), api.tags);
                });
    }

    private static void associate(String endpoint, Set<String> associated, Patch<Api> patch) {
        if (!associated.contains(endpoint)) {
            patch.with(Op.ADD, "/endpointConfiguration/vpcEndpointIds", endpoint);
        }
        associated.stream().filter(id -> !id.equals(endpoint))
                .forEach(id -> patch.with(Op.REMOVE, "/endpointConfiguration/vpcEndpointIds", id));
    }

    @Override
    public Optional<Tagging<Api>> tagging() {
        return Optional.of(ApiTags.tagging(aws, api -> "/restapis/" + api.id, Api::tags, Api::tagged));
    }

    @Override
    public Api create(Desired wanted, Refs refs, Birth birth) {
        String endpoint = refs.id(ApiLayer.ENDPOINT);
        var api = aws.apiGateway().createRestApi(request -> request.name(wanted.name)
                .description(wanted.description())
                .endpointConfiguration(it -> it.types(EndpointType.PRIVATE).vpcEndpointIds(endpoint))
                .policy(ResourcePolicy.text(endpoint))
                .tags(birth.tags()));
        return api(api.id(), api.name(), api.description(), api.policy(), api.endpointConfiguration(),
                api.disableExecuteApiEndpoint(), birth.tags());
    }

    /** Its methods, deployments and stages go with it. */
    @Override
    public Optional<Api> delete(Api api) {
        Refusals.unlessGone(() -> aws.apiGateway().deleteRestApi(request -> request.restApiId(api.id)));
        return Optional.empty();
    }
}
