package dev.privateapi.aws;

import software.amazon.awssdk.services.apigateway.ApiGatewayClient;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53resolver.Route53ResolverClient;

/** One account and Region: the clients that write, and the shared reads. */
public interface Aws {

    /** As in {@code ap-northeast-1}. */
    String region();

    /** As in {@code aws} or {@code aws-cn}: the second part of every ARN. */
    String partition();

    /** The twelve digits. */
    String accountId();

    Reads reads();

    /** Those of Route 53 and IAM, which are the same for all Regions of an account. */
    Reads globalReads();

    Ec2Client ec2();

    ElasticLoadBalancingV2Client loadBalancing();

    EcsClient ecs();

    IamClient iam();

    CloudWatchLogsClient logs();

    ApiGatewayClient apiGateway();

    Route53Client route53();

    Route53ResolverClient resolver();

    /** The same identity in another Region, or the identity that administrators gave for another account. */
    Aws in(String accountId, String region);
}
