package dev.privateapi.simulation.aws;

import dev.privateapi.aws.Aws;
import dev.privateapi.aws.Reads;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.services.apigateway.ApiGatewayClient;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53resolver.Route53ResolverClient;

/** One place of the world as one caller uses it, without gate and metrics. What was read dies with the caller. */
public final class ModelAws implements Aws {

    private final Place place;
    private final Map<Place, ModelAws> places;
    private final Reads reads;
    private final Ec2Client ec2;
    private final ElasticLoadBalancingV2Client loadBalancing;
    private final EcsClient ecs;
    private final IamClient iam;
    private final CloudWatchLogsClient logs;
    private final ApiGatewayClient apiGateway;
    private final Route53Client route53;
    private final Route53ResolverClient resolver;
    private final World world;
    private final Caller caller;

    public ModelAws(World world, Place place, Caller caller) {
        this(world, place, caller, new HashMap<>());
    }

    private ModelAws(World world, Place place, Caller caller, Map<Place, ModelAws> places) {
        this.world = world;
        this.place = place;
        this.caller = caller;
        this.places = places;
        reads = Reads.unlimited(world.clock());
        ec2 = new Ec2Model(world, place, caller);
        loadBalancing = new LoadBalancingModel(world, place, caller);
        ecs = new EcsModel(world, place, caller);
        iam = new IamModel(world, place, caller);
        logs = new LogsModel(world, place, caller);
        apiGateway = new ApiGatewayModel(world, place, caller);
        route53 = new Route53Model(world, place, caller);
        resolver = new ResolverModel(world, place, caller);
        places.put(place, this);
    }

    @Override
    public String region() {
        return place.region();
    }

    @Override
    public String partition() {
        return "aws";
    }

    @Override
    public String accountId() {
        return place.account();
    }

    @Override
    public Reads reads() {
        return reads;
    }

    @Override
    public Reads globalReads() {
        return reads;
    }

    @Override
    public Ec2Client ec2() {
        return ec2;
    }

    @Override
    public ElasticLoadBalancingV2Client loadBalancing() {
        return loadBalancing;
    }

    @Override
    public EcsClient ecs() {
        return ecs;
    }

    @Override
    public IamClient iam() {
        return iam;
    }

    @Override
    public CloudWatchLogsClient logs() {
        return logs;
    }

    @Override
    public ApiGatewayClient apiGateway() {
        return apiGateway;
    }

    @Override
    public Route53Client route53() {
        return route53;
    }

    @Override
    public Route53ResolverClient resolver() {
        return resolver;
    }

    @Override
    public Aws in(String accountId, String region) {
        Place there = new Place(accountId, region);
        ModelAws known = places.get(there);
        return known == null ? new ModelAws(world, there, caller, places) : known;
    }
}
