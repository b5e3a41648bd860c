package dev.privateapi.layers.apigateway;

import dev.privateapi.api.v1alpha1.EndpointService;
import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.api.v1alpha1.RouteSpec;
import dev.privateapi.aws.Aws;
import dev.privateapi.graph.Node;
import dev.privateapi.graph.View;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.LayerDefinition;
import dev.privateapi.layers.Resource;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Layer;
import dev.privateapi.model.Need;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Owner;
import java.util.List;
import java.util.Optional;

/**
 * A PRIVATE REST API that only the stack's execute-api endpoint lets in, its methods, a VPC link to the load balancer, and
 * a deployment served by one stage. The methods name the link by a variable of the stage and not by its id: so they are
 * imported and deployed while AWS still makes the link, which takes minutes, and no deployment ever keeps a link from being
 * deleted.
 */
public final class ApiLayer implements LayerDefinition {

    static final ResourceKey METHODS = ResourceKey.of(Layer.API, Kind.API_METHODS, "methods");
    static final ResourceKey DEPLOYMENT = ResourceKey.of(Layer.API, Kind.DEPLOYMENT, "deployment");
    static final ResourceKey ENDPOINT = Keys.endpoint(EndpointService.EXECUTE_API);

    private final RestApis restApis;
    private final VpcLinks vpcLinks;
    private final Methods methods;
    private final Deployments deployments;
    private final Stages stages;
    private final Invocations invocations;

    public ApiLayer(Aws aws) {
        restApis = new RestApis(aws);
        vpcLinks = new VpcLinks(aws);
        methods = new Methods(aws);
        deployments = new Deployments(aws);
        stages = new Stages(aws);
        invocations = new Invocations(aws);
    }

    @Override
    public List<Node> desired(Owner owner, PrivateApiStackSpec spec) {
        RestApis.Desired api = new RestApis.Desired(owner.path());
        Methods.Desired routes = new Methods.Desired(api, spec.api().routes(), spec.service().port());
        String stage = spec.api().stage();
        return List.of(
                new Resource<>(owner, Keys.REST_API, api, List.of(Need.exists(ENDPOINT)), null, restApis),
                // A link to a load balancer that is not active fails (API reference, CreateVpcLink).
                new Resource<>(owner, Keys.VPC_LINK, new VpcLinks.Desired(owner.path()),
                        List.of(Need.ready(Keys.LOAD_BALANCER)), null, vpcLinks),
                new Resource<>(owner, METHODS, routes, exist(Keys.REST_API, Keys.LOAD_BALANCER, ENDPOINT), null, methods),
                new Resource<>(owner, DEPLOYMENT, routes, exist(Keys.REST_API, METHODS, Keys.LOAD_BALANCER, ENDPOINT), null,
                        deployments),
                new Resource<>(owner, Keys.stage(stage), new Stages.Desired(stage),
                        List.of(Need.exists(DEPLOYMENT), Need.ready(Keys.VPC_LINK)), null, stages));
    }

    private static List<Need> exist(ResourceKey... keys) {
        return List.of(keys).stream().map(Need::exists).toList();
    }

    @Override
    public List<Driver<?, ?>> drivers() {
        return List.of(restApis, vpcLinks, methods, deployments, stages);
    }

    /**
     * Calls the API through link, load balancer and task, as TestInvokeMethod does: without DNS, endpoint and policy.
     *
     * @return empty if no route can be called without possibly changing something
     * @throws RuntimeException the SDK's
     */
    public Optional<Invocation> invoke(PrivateApiStackSpec spec, View view) {
        Optional<RouteSpec> route = Invocations.harmless(spec.api().routes());
        return route.map(it -> invocations.call(it, view.id(Keys.REST_API), view.id(Keys.VPC_LINK)));
    }
}
