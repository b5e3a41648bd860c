package dev.privateapi.simulation.aws;

import dev.privateapi.ownership.Ownership;
import java.util.Optional;
import software.amazon.awssdk.services.apigateway.model.Deployment;
import software.amazon.awssdk.services.apigateway.model.VpcLink;
import software.amazon.awssdk.services.apigateway.model.VpcLinkStatus;
import software.amazon.awssdk.services.ec2.model.RouteTable;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;
import software.amazon.awssdk.services.ec2.model.VpcEndpoint;
import software.amazon.awssdk.services.ec2.model.VpcPeeringConnection;
import software.amazon.awssdk.services.ecs.model.Cluster;
import software.amazon.awssdk.services.ecs.model.TaskDefinition;
import software.amazon.awssdk.services.ecs.model.TaskDefinitionStatus;
import software.amazon.awssdk.services.route53resolver.model.ResolverEndpointStatus;

/** Whose things are, as the world and not as the operator sees it. */
public final class Owners {

    private final World world;
    private final String uid;

    /** @param uid of the stack that is asked about */
    public Owners(World world, String uid) {
        this.world = world;
        this.uid = uid;
    }

    /** By its own tag or that of what it is part of; a hosted zone, until it is tagged, by its comment. */
    public boolean owns(Thing<?> thing) {
        return uid.equals(thing.tags().get(Ownership.OWNER_UID))
                || thing.state() instanceof Route53Model.Zone zone && zone.sdk().config().comment().contains(uid)
                || container(thing).filter(this::owns).isPresent();
    }

    private Optional<Thing<?>> container(Thing<?> thing) {
        return thing.parent().isEmpty() ? Optional.empty() : world.find(thing.parent());
    }

    /** The stack's name for it, followed by what it is of that; its own id if it has no name. */
    public String label(Thing<?> thing) {
        String name = thing.tags().get(Ownership.RESOURCE);
        return name != null ? name : container(thing).map(it -> label(it) + "'s " + kind(thing)).orElse(thing.id());
    }

    public static String kind(Thing<?> thing) {
        return thing.state().getClass().getSimpleName();
    }

    /** Whether it stands, as opposed to one that is on its way out or will never work. */
    public static boolean stands(Thing<?> thing) {
        return switch (thing.state()) {
            case VpcEndpoint endpoint -> !"deleting".equals(endpoint.stateAsString());
            case VpcPeeringConnection connection -> PeeringModel.isAlive(connection);
            case VpcLink link -> link.status() != VpcLinkStatus.DELETING && link.status() != VpcLinkStatus.FAILED;
            case EcsServiceModel.RunningService service -> "ACTIVE".equals(service.sdk().status());
            case Cluster cluster -> "ACTIVE".equals(cluster.status());
            case TaskDefinition definition -> definition.status() == TaskDefinitionStatus.ACTIVE;
            case ResolverModel.Endpoint endpoint -> endpoint.sdk().status() != ResolverEndpointStatus.DELETING;
            default -> true;
        };
    }

    /** Whether AWS goes on showing it for a while although it is gone. */
    public static boolean remembered(Thing<?> thing) {
        return switch (thing.state()) {
            case VpcPeeringConnection connection -> !PeeringModel.isAlive(connection);
            case EcsServiceModel.RunningService service -> "INACTIVE".equals(service.sdk().status());
            case Cluster cluster -> "INACTIVE".equals(cluster.status());
            case TaskDefinition definition -> definition.status() == TaskDefinitionStatus.DELETE_IN_PROGRESS;
            default -> false;
        };
    }

    /** What AWS makes with something else, and nobody asked for: a VPC's main route table and default group. */
    public static boolean comesWithItsContainer(Thing<?> thing) {
        return !thing.parent().isEmpty() && (thing.state() instanceof RouteTable || thing.state() instanceof SecurityGroup);
    }

    /** Of which a second one may come of a lost answer, because AWS takes neither a token nor a unique name. */
    public static boolean mayBeDoubled(Thing<?> thing) {
        return switch (thing.state()) {
            case ApiGatewayModel.Api api -> true;
            case VpcLink link -> true;
            case Deployment deployment -> true;
            case TaskDefinition definition -> true;
            default -> false;
        };
    }
}
