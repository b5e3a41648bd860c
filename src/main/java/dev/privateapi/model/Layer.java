package dev.privateapi.model;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The rooms of a stack, in the order in which a reader builds it in the head; each is one condition in the status. */
public enum Layer {
    NETWORK("network", "NetworkReady"),
    ENDPOINTS("endpoints", "EndpointsReady"),
    LOAD_BALANCER("load-balancer", "LoadBalancerReady"),
    SERVICE("service", "ServiceReady"),
    API("api", "ApiReady"),
    DNS("dns", "DnsReady"),
    PEERING("peering", "PeeringReady");

    private static final Map<String, Layer> BY_SLUG =
            Arrays.stream(values()).collect(Collectors.toMap(Layer::slug, Function.identity()));

    private final String slug;
    private final String condition;

    Layer(String slug, String condition) {
        this.slug = slug;
        this.condition = condition;
    }

    /** The first part of the names of the layer's resources, as in {@code endpoints/ecr.api}. */
    public String slug() {
        return slug;
    }

    /** The type of the layer's condition. */
    public String condition() {
        return condition;
    }

    static Optional<Layer> ofSlug(String slug) {
        return Optional.ofNullable(BY_SLUG.get(slug));
    }
}
