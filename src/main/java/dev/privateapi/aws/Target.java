package dev.privateapi.aws;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.SdkClient;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.apigateway.ApiGatewayClient;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53resolver.Route53ResolverClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/** One account and Region; its clients are made when they are first needed. */
final class Target implements Aws {

    private final AwsTargets targets;
    private final String accountId;
    private final String region;
    private final AwsCredentialsProvider identity;
    private final Reads reads;
    private final Map<String, SdkClient> clients = new ConcurrentHashMap<>();

    /** @param accountId empty for the operator's own, which STS knows */
    Target(AwsTargets targets, String accountId, String region, AwsCredentialsProvider identity) {
        this.targets = targets;
        this.accountId = accountId;
        this.region = region;
        this.identity = identity;
        this.reads = targets.reads();
    }

    @Override
    public String region() {
        return region;
    }

    @Override
    public String partition() {
        return PartitionMetadata.of(Region.of(region)).id();
    }

    @Override
    public String accountId() {
        return accountId.isEmpty() ? targets.identity(region).accountId() : accountId;
    }

    @Override
    public Reads reads() {
        return reads;
    }

    @Override
    public Reads globalReads() {
        return targets.globalReads(accountId);
    }

    @Override
    public Ec2Client ec2() {
        return client("ec2", Ec2Client.class, Ec2Client::builder);
    }

    @Override
    public ElasticLoadBalancingV2Client loadBalancing() {
        return client("elasticloadbalancing", ElasticLoadBalancingV2Client.class, ElasticLoadBalancingV2Client::builder);
    }

    @Override
    public EcsClient ecs() {
        return client("ecs", EcsClient.class, EcsClient::builder);
    }

    @Override
    public IamClient iam() {
        return client("iam", IamClient.class, IamClient::builder);
    }

    @Override
    public CloudWatchLogsClient logs() {
        return client("logs", CloudWatchLogsClient.class, CloudWatchLogsClient::builder);
    }

    @Override
    public ApiGatewayClient apiGateway() {
        return client("apigateway", ApiGatewayClient.class, ApiGatewayClient::builder);
    }

    @Override
    public Route53Client route53() {
        return client("route53", Route53Client.class, Route53Client::builder);
    }

    @Override
    public Route53ResolverClient resolver() {
        return client("route53resolver", Route53ResolverClient.class, Route53ResolverClient::builder);
    }

    SqsClient sqs() {
        return client("sqs", SqsClient.class, SqsClient::builder);
    }

    @Override
    public Aws in(String accountId, String region) {
        return targets.of(accountId, region);
    }

    void close() {
        clients.values().forEach(SdkClient::close);
    }

    private <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C extends SdkClient> C client(
            String service, Class<C> type, Supplier<B> builder) {
        return type.cast(clients.computeIfAbsent(
                service, it -> targets.client(service, accountId, region, identity, builder.get())));
    }
}
