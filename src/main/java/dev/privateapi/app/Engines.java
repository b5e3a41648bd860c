package dev.privateapi.app;

import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.aws.Aws;
import dev.privateapi.controller.Engine;
import dev.privateapi.engine.Convergence;
import dev.privateapi.engine.EngineSettings;
import dev.privateapi.engine.Outcome;
import dev.privateapi.engine.Pass;
import dev.privateapi.graph.Node;
import dev.privateapi.graph.View;
import dev.privateapi.layers.LayerDefinition;
import dev.privateapi.layers.SecurityGroups;
import dev.privateapi.layers.apigateway.ApiLayer;
import dev.privateapi.layers.dns.DnsLayer;
import dev.privateapi.layers.endpoints.EndpointsLayer;
import dev.privateapi.layers.loadbalancer.LoadBalancerLayer;
import dev.privateapi.layers.network.NetworkLayer;
import dev.privateapi.layers.peering.PeeringLayer;
import dev.privateapi.layers.service.ServiceLayer;
import dev.privateapi.ownership.Owner;
import dev.privateapi.status.Verdict;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** One engine per Region, with all layers in it. */
public final class Engines implements Function<String, Engine> {

    private final Function<String, Aws> homes;
    private final Function<String, EngineSettings> settings;
    private final Executor threads;
    private final Map<String, Engine> engines = new ConcurrentHashMap<>();

    /**
     * @param homes the operator's own account, by Region
     * @param settings by Region
     */
    public Engines(Function<String, Aws> homes, Function<String, EngineSettings> settings, Executor threads) {
        this.homes = homes;
        this.settings = settings;
        this.threads = threads;
    }

    @Override
    public Engine apply(String region) {
        return engines.computeIfAbsent(region, it -> new Whole(homes.apply(region), settings.apply(region), threads));
    }

    /** Those that were asked for until now. */
    Collection<Engine> running() {
        return List.copyOf(engines.values());
    }

    private static final class Whole implements Engine {
        private final List<LayerDefinition> layers;
        private final Convergence convergence;
        private final Verification verification;

        Whole(Aws aws, EngineSettings settings, Executor threads) {
            SecurityGroups groups = new SecurityGroups(aws);
            NetworkLayer network = new NetworkLayer(aws, groups);
            ApiLayer api = new ApiLayer(aws);
            this.layers = List.of(network, new EndpointsLayer(aws, groups), new LoadBalancerLayer(aws),
                    new ServiceLayer(aws, groups), api, new DnsLayer(aws, groups), new PeeringLayer(aws));
            this.convergence = new Convergence(
                    layers.stream().flatMap(layer -> layer.drivers().stream()).toList(), network::blockers, settings, threads);
            this.verification = new Verification(api, settings.problems());
        }

        @Override
        public List<Node> wanted(Owner owner, PrivateApiStackSpec spec) {
            return layers.stream().flatMap(layer -> layer.desired(owner, spec).stream()).toList();
        }

        @Override
        public Outcome pass(Pass pass) {
            return convergence.pass(pass);
        }

        @Override
        public Set<Owner> owners(String cluster, Instant notOlderThan) {
            return convergence.owners(cluster, notOlderThan);
        }

        @Override
        public Verdict ask(PrivateApiStackSpec spec, View view) {
            return verification.ask(spec, view);
        }
    }
}
