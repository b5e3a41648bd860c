package dev.privateapi.model;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The kinds of AWS objects that a stack owns, by the names under which CloudFormation and AWS Config know them. */
public enum Kind {
    VPC("AWS::EC2::VPC"),
    SUBNET("AWS::EC2::Subnet"),
    ROUTE_TABLE("AWS::EC2::RouteTable"),
    SECURITY_GROUP("AWS::EC2::SecurityGroup"),
    VPC_ENDPOINT("AWS::EC2::VPCEndpoint"),
    LOAD_BALANCER("AWS::ElasticLoadBalancingV2::LoadBalancer"),
    TARGET_GROUP("AWS::ElasticLoadBalancingV2::TargetGroup"),
    LISTENER("AWS::ElasticLoadBalancingV2::Listener"),
    ROLE("AWS::IAM::Role"),
    LOG_GROUP("AWS::Logs::LogGroup"),
    ECS_CLUSTER("AWS::ECS::Cluster"),
    TASK_DEFINITION("AWS::ECS::TaskDefinition"),
    ECS_SERVICE("AWS::ECS::Service"),
    REST_API("AWS::ApiGateway::RestApi"),
    VPC_LINK("AWS::ApiGateway::VpcLink"),
    /** All resources, methods and integrations of one REST API, compared and changed as one set. */
    API_METHODS("AWS::ApiGateway::Method"),
    DEPLOYMENT("AWS::ApiGateway::Deployment"),
    STAGE("AWS::ApiGateway::Stage"),
    HOSTED_ZONE("AWS::Route53::HostedZone"),
    RECORD_SET("AWS::Route53::RecordSet"),
    RESOLVER_ENDPOINT("AWS::Route53Resolver::ResolverEndpoint"),
    RESOLVER_RULE("AWS::Route53Resolver::ResolverRule"),
    RESOLVER_RULE_ASSOCIATION("AWS::Route53Resolver::ResolverRuleAssociation"),
    PEERING_CONNECTION("AWS::EC2::VPCPeeringConnection"),
    /** All routes of one side that lead to one peering connection, compared and changed as one set. */
    ROUTES("AWS::EC2::Route");

    private static final Map<String, Kind> BY_TYPE_NAME =
            Arrays.stream(values()).collect(Collectors.toMap(Kind::typeName, Function.identity()));

    private final String typeName;

    Kind(String typeName) {
        this.typeName = typeName;
    }

    /** As in {@code AWS::EC2::VPC}. */
    public String typeName() {
        return typeName;
    }

    /** Empty for one that this version does not know. */
    public static Optional<Kind> ofTypeName(String typeName) {
        return Optional.ofNullable(BY_TYPE_NAME.get(typeName));
    }

    /**
     * Whether surplus objects of one name may be deleted, the oldest kept: API Gateway takes neither a token nor a
     * unique name for these, so a create whose answer was lost doubles them, and a surplus one carries nothing.
     */
    public boolean surplusIsDeletable() {
        return this == REST_API || this == VPC_LINK || this == DEPLOYMENT || this == TASK_DEFINITION;
    }

    /** Whether an object of this kind can be adopted by its id; others carry no tags, or come with what they are part of. */
    public boolean standsAlone() {
        return !EnumSet.of(TASK_DEFINITION, LISTENER, STAGE, API_METHODS, DEPLOYMENT, RECORD_SET, RESOLVER_RULE_ASSOCIATION, ROUTES)
                .contains(this);
    }

    /**
     * The kind whose objects have to be seen before one of this kind may go, because AWS deletes it although they use it:
     * IAM knows nothing of ECS, and a service whose role is gone hangs in DRAINING. Empty where AWS itself refuses.
     */
    public Optional<Kind> unguardedUser() {
        return this == ROLE ? Optional.of(ECS_SERVICE) : Optional.empty();
    }
}
