package dev.privateapi.api.v1alpha1;

import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;

/** What the stack is. Every field is observed, none is needed to find an AWS object again: tags are the truth. */
public record PrivateApiStackStatus(
        Long observedGeneration,
        List<Condition> conditions,
        String endpoint,
        String layersReady,
        String tasksReady,
        Vpc vpc,
        List<VpcEndpoint> vpcEndpoints,
        LoadBalancer loadBalancer,
        Service service,
        Api api,
        Dns dns,
        List<Peer> peers,
        List<OwnedResource> resources) {

    /** The VPC and its private subnets. */
    public record Vpc(String id, List<String> subnetIds) {}

    /** A VPC endpoint in use. */
    public record VpcEndpoint(String service, String id, String dnsName) {}

    /** The internal Network Load Balancer. */
    public record LoadBalancer(String arn, String dnsName, String targetGroupArn) {}

    /** The ECS service. */
    public record Service(
            String clusterArn, String serviceArn, String taskDefinitionArn, Integer runningTasks, Integer desiredTasks) {}

    /** The private REST API. */
    public record Api(String id, String stage, String vpcLinkId) {}

    /** The private zone and the addresses that DNS servers outside forward to. */
    public record Dns(String hostedZoneId, List<String> resolverInboundIps) {}

    /** A peering and its state in AWS' word. */
    public record Peer(String vpcId, String peeringConnectionId, String state) {}

    /**
     * One AWS object that the stack owns, or is about to own: an entry without {@code id} is an announced create.
     *
     * @param incarnation how many times an object of this name was found gone and made anew; part of its client token
     */
    public record OwnedResource(
            String layer, String name, String kind, String id, String state, Integer incarnation) {}
}
