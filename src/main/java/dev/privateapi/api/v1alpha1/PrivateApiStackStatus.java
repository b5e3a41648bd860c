package dev.privateapi.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.model.annotation.StatusReplicas;
import java.util.List;

/** What the stack is. Every field is observed, none is needed to find an AWS object again: tags are the truth. */
public record PrivateApiStackStatus(
        @JsonPropertyDescription("Generation of the spec that this status tells about.")
        Long observedGeneration,

        @JsonPropertyDescription(
                "Ready (the whole stack), Verified (the API answered), Reconciling, Stalled, and one condition per layer.")
        @ListKey("type")
        List<Condition> conditions,

        @JsonPropertyDescription("The https URL that clients call.")
        String endpoint,

        @JsonPropertyDescription("How many of the layers are ready, such as 5/7.")
        String layersReady,

        @JsonPropertyDescription("How many of the tasks run, such as 2/2.")
        String tasksReady,

        @JsonPropertyDescription("The VPC and its private subnets.")
        Vpc vpc,

        @JsonPropertyDescription("VPC endpoints in use, own and referenced.")
        @ListKey("service")
        List<VpcEndpoint> vpcEndpoints,

        @JsonPropertyDescription("The internal Network Load Balancer.")
        LoadBalancer loadBalancer,

        @JsonPropertyDescription("The ECS service.")
        Service service,

        @JsonPropertyDescription("The private REST API.")
        Api api,

        @JsonPropertyDescription("The private zone and the Resolver's addresses.")
        Dns dns,

        @JsonPropertyDescription("The peerings, one per peer VPC.")
        @ListKey("vpcId")
        List<Peer> peers,

        @JsonPropertyDescription("Every AWS object that the stack owns.")
        @ListKey("name")
        List<OwnedResource> resources) {

    /** The VPC and its private subnets. */
    public record Vpc(
            @JsonPropertyDescription("Id of the VPC.") String id,
            @JsonPropertyDescription("Ids of the private subnets.") List<String> subnetIds) {}

    /** A VPC endpoint in use. */
    public record VpcEndpoint(
            @JsonPropertyDescription("AWS service that the endpoint leads to, such as ecr.api.") @Required String service,
            @JsonPropertyDescription("Id of the endpoint.") String id,
            @JsonPropertyDescription("DNS name of an interface endpoint.") String dnsName) {}

    /** The internal Network Load Balancer. */
    public record LoadBalancer(
            @JsonPropertyDescription("ARN of the load balancer.") String arn,
            @JsonPropertyDescription("DNS name of the load balancer.") String dnsName,
            @JsonPropertyDescription("ARN of the target group that the tasks register in.") String targetGroupArn) {}

    /** The ECS service. */
    public record Service(
            @JsonPropertyDescription("ARN of the cluster.") String clusterArn,
            @JsonPropertyDescription("ARN of the service.") String serviceArn,
            @JsonPropertyDescription("ARN of the task definition's revision in use.") String taskDefinitionArn,
            @JsonPropertyDescription("Tasks that run.") Integer runningTasks,
            @JsonPropertyDescription("Tasks that should run.") @StatusReplicas Integer desiredTasks) {}

    /** The private REST API. */
    public record Api(
            @JsonPropertyDescription("Id of the REST API.") String id,
            @JsonPropertyDescription("Name of the deployed stage.") String stage,
            @JsonPropertyDescription("Id of the VPC link to the load balancer.") String vpcLinkId) {}

    /** The private zone and the addresses that DNS servers outside forward to. */
    public record Dns(
            @JsonPropertyDescription("Id of the private hosted zone.") String hostedZoneId,
            @JsonPropertyDescription("Addresses of the inbound endpoint, which DNS servers outside forward to.")
            List<String> resolverInboundIps) {}

    /** A peering and its state in AWS' word. */
    public record Peer(
            @JsonPropertyDescription("The peer VPC.") @Required String vpcId,
            @JsonPropertyDescription("Id of the peering connection.") String peeringConnectionId,
            @JsonPropertyDescription("State in AWS' word, such as active.") String state) {}

    /**
     * One AWS object that the stack owns, or is about to own: an entry without {@code id} is an announced create.
     *
     * @param incarnation tells one create of this name from a later one; part of the create's client token
     */
    public record OwnedResource(
            @JsonPropertyDescription("Layer that the object belongs to.") String layer,
            @JsonPropertyDescription("The stack's name for the object, also in its tag privateapi.dev/resource.") @Required
            String name,
            @JsonPropertyDescription("Kind of AWS object.") String kind,
            @JsonPropertyDescription("AWS id or ARN; absent while the create is announced only.") String id,
            @JsonPropertyDescription("State of the object.") String state,
            @JsonPropertyDescription("Tells one create of this name from a later one; part of the create's client token.") String incarnation) {}
}
