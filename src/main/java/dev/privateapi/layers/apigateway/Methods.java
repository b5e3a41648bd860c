package dev.privateapi.layers.apigateway;

import dev.privateapi.api.v1alpha1.RouteSpec;
import dev.privateapi.aws.Aws;
import dev.privateapi.aws.Query;
import dev.privateapi.layers.Change;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.Refusals;
import dev.privateapi.layers.Sight;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Birth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.apigateway.model.PutMode;
import software.amazon.awssdk.services.apigateway.model.Resource;

/**
 * All resources, methods and integrations of one API as one set. They are read in one call and written in one, an import
 * that overwrites: it takes away what is not wanted too, and nobody sees it half done, because clients are served from a
 * deployment (API reference, PutRestApi and GetResources).
 */
final class Methods implements Driver<Methods.Desired, Methods.State> {

    /** The stage's variable that names the VPC link. */
    static final String LINK_VARIABLE = "vpcLinkId";

    private static final int PAGE = 500;
    private static final int HTTP = 80;

    private final Aws aws;

    Methods(Aws aws) {
        this.aws = aws;
    }

    /** @param port of the load balancer's listener */
    record Desired(RestApis.Desired api, List<RouteSpec> routes, int port) {

        private Set<ApiMethod> methods(Refs refs) {
            String host = refs.attribute(Keys.LOAD_BALANCER, Attribute.DNS_NAME) + (port == HTTP ? "" : ":" + port);
            return routes.stream()
                    .flatMap(route -> route.methods().stream().map(verb -> ApiMethod.toLoadBalancer(route.path(), verb, host)))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    record State(String restApiId, Set<ApiMethod> methods) {}

    @Override
    public Kind kind() {
        return Kind.API_METHODS;
    }

    @Override
    public Set<Kind> after() {
        return Set.of(Kind.REST_API);
    }

    /** An API without methods is one whose methods are not there yet. */
    @Override
    public List<Live> observe(Sight sight) {
        return sight.seen(Kind.REST_API).stream()
                .map(api -> new State(api.id(), sight.read(aws.reads(), new Query<>("apigateway:GetResources " + api.id(), () ->
                        Refusals.orNone(() -> resources(aws, api.id()))))
                        .stream()
                        .flatMap(ApiMethod::of)
                        .collect(Collectors.toCollection(TreeSet::new))))
                .filter(state -> !state.methods.isEmpty())
                .map(state -> live(ApiLayer.METHODS, state))
                .toList();
    }

    static List<Resource> resources(Aws aws, String restApiId) {
        return aws.apiGateway().getResourcesPaginator(request -> request.restApiId(restApiId).embed("methods").limit(PAGE))
                .items().stream().toList();
    }

    @Override
    public Live live(ResourceKey key, State state) {
        return Live.of(key, state.restApiId + "/methods", Phase.READY, state)
                .with(Map.of(Attribute.DIGEST, state.methods.toString()))
                .partOf(state.restApiId);
    }

    /** The digest of methods that are as they should be. */
    static String digest(Desired wanted, Refs refs) {
        return wanted.methods(refs).toString();
    }

    @Override
    public List<Change<State>> compare(Desired wanted, State have, Refs refs) {
        Set<ApiMethod> methods = wanted.methods(refs);
        if (methods.equals(have.methods)) {
            return List.of();
        }
        return List.of(new Change<>("methods", without(have.methods, methods), without(methods, have.methods),
                state -> write(wanted.api, state.restApiId, methods, refs)));
    }

    private static List<ApiMethod> without(Set<ApiMethod> some, Set<ApiMethod> others) {
        return some.stream().filter(Predicate.not(others::contains)).toList();
    }

    @Override
    public State create(Desired wanted, Refs refs, Birth birth) {
        return write(wanted.api, refs.id(Keys.REST_API), wanted.methods(refs), refs);
    }

    private State write(RestApis.Desired api, String restApiId, Set<ApiMethod> methods, Refs refs) {
        String document = OpenApi.document(api.name(), api.description(), refs.id(ApiLayer.ENDPOINT), methods);
        aws.apiGateway().putRestApi(request -> request.restApiId(restApiId)
                .mode(PutMode.OVERWRITE)
                .body(SdkBytes.fromUtf8String(document)));
        return new State(restApiId, methods);
    }

    /** Nothing to do: an API's methods go with the API, and a stack never has one without the other. */
    @Override
    public Optional<State> delete(State state) {
        return Optional.empty();
    }
}
