package dev.privateapi.app;

import dev.privateapi.aws.Aws;
import dev.privateapi.model.Kind;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import software.amazon.awssdk.services.route53.model.TagResourceType;

/** How a person tags an object of each kind, or takes tags off. */
final class Tags {

    private Tags() {}

    static void set(Aws aws, Kind kind, String id, Map<String, String> tags) {
        String gateway = "arn:aws:apigateway:" + aws.region() + "::";
        switch (kind) {
            case VPC, SUBNET, ROUTE_TABLE, SECURITY_GROUP, VPC_ENDPOINT, PEERING_CONNECTION -> aws.ec2().createTags(it -> it
                    .resources(id).tags(list(tags, (k, v) -> software.amazon.awssdk.services.ec2.model.Tag.builder()
                            .key(k).value(v).build())));
            case LOAD_BALANCER, TARGET_GROUP, LISTENER -> aws.loadBalancing().addTags(it -> it.resourceArns(id)
                    .tags(list(tags, (k, v) -> software.amazon.awssdk.services.elasticloadbalancingv2.model.Tag.builder()
                            .key(k).value(v).build())));
            case ROLE -> aws.iam().tagRole(it -> it.roleName(id.replaceFirst(".*/", ""))
                    .tags(list(tags, (k, v) -> software.amazon.awssdk.services.iam.model.Tag.builder().key(k).value(v).build())));
            case LOG_GROUP -> aws.logs().tagResource(it -> it.tags(tags)
                    .resourceArn("arn:aws:logs:" + aws.region() + ":" + aws.accountId() + ":log-group:" + id));
            case ECS_CLUSTER, ECS_SERVICE, TASK_DEFINITION -> aws.ecs().tagResource(it -> it.resourceArn(id)
                    .tags(list(tags, (k, v) -> software.amazon.awssdk.services.ecs.model.Tag.builder().key(k).value(v).build())));
            case REST_API -> aws.apiGateway().tagResource(it -> it.resourceArn(gateway + "/restapis/" + id).tags(tags));
            case VPC_LINK -> aws.apiGateway().tagResource(it -> it.resourceArn(gateway + "/vpclinks/" + id).tags(tags));
            case STAGE -> aws.apiGateway().tagResource(it -> it.tags(tags)
                    .resourceArn(gateway + "/restapis/" + id.replace("/", "/stages/")));
            case HOSTED_ZONE -> aws.route53().changeTagsForResource(it -> it.resourceType(TagResourceType.HOSTEDZONE)
                    .resourceId(id).addTags(list(tags, (k, v) ->
                            software.amazon.awssdk.services.route53.model.Tag.builder().key(k).value(v).build())));
            case RESOLVER_ENDPOINT -> resolver(aws, "resolver-endpoint/" + id, tags);
            case RESOLVER_RULE -> resolver(aws, "resolver-rule/" + id, tags);
            case API_METHODS, DEPLOYMENT, RECORD_SET, RESOLVER_RULE_ASSOCIATION, ROUTES ->
                    throw new IllegalArgumentException(kind + " carries no tags");
        }
    }

    static void remove(Aws aws, Kind kind, String id, Collection<String> keys) {
        String gateway = "arn:aws:apigateway:" + aws.region() + "::";
        switch (kind) {
            case VPC, SUBNET, ROUTE_TABLE, SECURITY_GROUP, VPC_ENDPOINT, PEERING_CONNECTION -> aws.ec2().deleteTags(it -> it
                    .resources(id).tags(keys.stream().map(key -> software.amazon.awssdk.services.ec2.model.Tag.builder()
                            .key(key).build()).toList()));
            case LOAD_BALANCER, TARGET_GROUP, LISTENER -> aws.loadBalancing().removeTags(it -> it.resourceArns(id).tagKeys(keys));
            case ROLE -> aws.iam().untagRole(it -> it.roleName(id.replaceFirst(".*/", "")).tagKeys(keys));
            case LOG_GROUP -> aws.logs().untagResource(it -> it.tagKeys(keys)
                    .resourceArn("arn:aws:logs:" + aws.region() + ":" + aws.accountId() + ":log-group:" + id));
            case ECS_CLUSTER, ECS_SERVICE, TASK_DEFINITION -> aws.ecs().untagResource(it -> it.resourceArn(id).tagKeys(keys));
            case REST_API -> aws.apiGateway().untagResource(it -> it.resourceArn(gateway + "/restapis/" + id).tagKeys(keys));
            case VPC_LINK -> aws.apiGateway().untagResource(it -> it.resourceArn(gateway + "/vpclinks/" + id).tagKeys(keys));
            case STAGE -> aws.apiGateway().untagResource(it -> it.tagKeys(keys)
                    .resourceArn(gateway + "/restapis/" + id.replace("/", "/stages/")));
            case HOSTED_ZONE -> aws.route53().changeTagsForResource(it -> it.resourceType(TagResourceType.HOSTEDZONE)
                    .resourceId(id).removeTagKeys(keys));
            case RESOLVER_ENDPOINT, RESOLVER_RULE -> aws.resolver().untagResource(it -> it.tagKeys(keys).resourceArn(
                    "arn:aws:route53resolver:" + aws.region() + ":" + aws.accountId() + ":"
                            + (kind == Kind.RESOLVER_RULE ? "resolver-rule/" : "resolver-endpoint/") + id));
            case API_METHODS, DEPLOYMENT, RECORD_SET, RESOLVER_RULE_ASSOCIATION, ROUTES ->
                    throw new IllegalArgumentException(kind + " carries no tags");
        }
    }

    private static void resolver(Aws aws, String name, Map<String, String> tags) {
        aws.resolver().tagResource(it -> it
                .resourceArn("arn:aws:route53resolver:" + aws.region() + ":" + aws.accountId() + ":" + name)
                .tags(list(tags, (k, v) -> software.amazon.awssdk.services.route53resolver.model.Tag.builder()
                        .key(k).value(v).build())));
    }

    private static <T> List<T> list(Map<String, String> tags, BiFunction<String, String, T> tag) {
        return tags.entrySet().stream().map(it -> tag.apply(it.getKey(), it.getValue())).toList();
    }
}
