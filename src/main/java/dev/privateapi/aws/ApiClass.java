package dev.privateapi.aws;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The calls that AWS counts together, per account and mostly per Region, with the limits that it starts everybody with.
 *
 * <p>Sources: API Gateway Developer Guide, "Quotas for creating, deploying and managing an API"; EC2 API Reference,
 * "Request throttling" (CreateVpcEndpoint: as seen in public logs); ECS API Reference, "Request throttling for the Amazon
 * ECS API"; Elastic Load Balancing User Guide, "Quotas" (writes: an assumption); Route 53 Developer Guide, "Quotas",
 * maximums on API requests. IAM and CloudWatch Logs publish no limit that a stack comes near.
 */
public enum ApiClass {
    API_GATEWAY("api-gateway", 40, 10),
    API_GATEWAY_CREATE_API("api-gateway-create-api", 1, 1 / 3.0),
    API_GATEWAY_DELETE_API("api-gateway-delete-api", 1, 1 / 30.0),
    API_GATEWAY_PUT_API("api-gateway-put-api", 1, 1),
    API_GATEWAY_DEPLOY("api-gateway-deploy", 1, 1 / 5.0),
    API_GATEWAY_CHANGE_RESOURCES("api-gateway-change-resources", 5, 5),
    API_GATEWAY_GET_RESOURCES("api-gateway-get-resources", 5, 2.5),
    EC2_READ("ec2-read", 100, 20),
    EC2_WRITE("ec2-write", 50, 5),
    EC2_TAG("ec2-tag", 100, 10),
    EC2_CREATE_ENDPOINT("ec2-create-endpoint", 4, 0.3),
    LOAD_BALANCING_READ("load-balancing-read", 40, 10),
    LOAD_BALANCING_WRITE("load-balancing-write", 20, 3),
    ECS_READ("ecs-read", 100, 20),
    ECS_CLUSTER("ecs-cluster", 20, 1),
    ECS_TASK_DEFINITION("ecs-task-definition", 20, 1),
    ECS_DELETE_TASK_DEFINITION("ecs-delete-task-definition", 5, 1),
    ECS_SERVICE("ecs-service", 50, 5),
    ROUTE53("route53", 5, 5),
    RESOLVER("resolver", 5, 5);

    private final String slug;
    private final Rate standard;

    /**
     * @param burst how many calls a rested account may make at once
     * @param perSecond how many it may make for ever
     * @param inTurns whether processes share a burst that is too small to be shared: of two that call at once AWS refuses one
     */
    public record Rate(int burst, double perSecond, boolean inTurns) {

        /**
         * Of the rate, what processes that call in turns take. With all of it their calls would have to interleave to the
         * millisecond, for ever, and each that comes a little late pushes the others out of their places.
         */
        private static final double BETWEEN_TURNS = 0.9;

        /** Of a burst of which everybody may take all that is his. */
        public Rate(int burst, double perSecond) {
            this(burst, perSecond, false);
        }

        public Rate {
            if (burst < 1 || !(perSecond > 0) || Double.isInfinite(perSecond)) {
                throw new IllegalArgumentException("burst has to be 1 or more and the rate above 0, not " + burst + "/" + perSecond);
            }
        }

        /**
         * What one of several processes may take, so that all together keep to this. A burst is at least one call: of a class
         * with a burst of one, processes that are rested at the same moment make one each, and AWS may refuse all but the first.
         * They find their turns by that, for which they need a little more room than AWS' rate leaves.
         *
         * @param share above 0 up to 1
         */
        public Rate share(double share) {
            int calls = (int) (burst * share);
            return calls < 1 ? new Rate(1, BETWEEN_TURNS * share * perSecond, true) : new Rate(calls, perSecond * share);
        }
    }

    ApiClass(String slug, int burst, double perSecond) {
        this.slug = slug;
        this.standard = new Rate(burst, perSecond);
    }

    /** As in {@code ec2-write}: the name in settings and metrics. */
    public String slug() {
        return slug;
    }

    public Rate standard() {
        return standard;
    }

    /** Whether AWS counts the calls of all Regions together. */
    boolean perAccount() {
        return this == ROUTE53 || this == API_GATEWAY_DELETE_API;
    }

    public static Optional<ApiClass> ofSlug(String slug) {
        return Arrays.stream(values()).filter(it -> it.slug.equals(slug)).findFirst();
    }

    /**
     * Every class that counts a call, the narrowest first; empty if AWS publishes no limit.
     *
     * @param service IAM's prefix, such as {@code ec2}
     */
    static List<ApiClass> of(String service, String operation) {
        return switch (service) {
            case "apigateway" -> apiGateway(operation);
            case "ec2" -> List.of(ec2(operation));
            case "elasticloadbalancing" -> List.of(reads(operation) ? LOAD_BALANCING_READ : LOAD_BALANCING_WRITE);
            case "ecs" -> List.of(ecs(operation));
            case "route53" -> List.of(ROUTE53);
            case "route53resolver" -> List.of(RESOLVER);
            default -> List.of();
        };
    }

    private static List<ApiClass> apiGateway(String operation) {
        return switch (operation) {
            case "CreateRestApi" -> List.of(API_GATEWAY_CREATE_API, API_GATEWAY);
            case "PutRestApi" -> List.of(API_GATEWAY_PUT_API, API_GATEWAY);
            case "DeleteRestApi" -> List.of(API_GATEWAY_DELETE_API, API_GATEWAY);
            case "CreateDeployment" -> List.of(API_GATEWAY_DEPLOY, API_GATEWAY);
            case "CreateResource", "DeleteResource" -> List.of(API_GATEWAY_CHANGE_RESOURCES, API_GATEWAY);
            case "GetResources" -> List.of(API_GATEWAY_GET_RESOURCES, API_GATEWAY);
            default -> List.of(API_GATEWAY);
        };
    }

    private static ApiClass ec2(String operation) {
        return switch (operation) {
            case "CreateVpcEndpoint" -> EC2_CREATE_ENDPOINT;
            case "CreateTags", "DeleteTags" -> EC2_TAG;
            default -> reads(operation) ? EC2_READ : EC2_WRITE;
        };
    }

    private static ApiClass ecs(String operation) {
        return switch (operation) {
            case "DeleteTaskDefinitions" -> ECS_DELETE_TASK_DEFINITION;
            case "RegisterTaskDefinition", "DeregisterTaskDefinition" -> ECS_TASK_DEFINITION;
            case "CreateCluster", "UpdateCluster", "UpdateClusterSettings", "DeleteCluster" -> ECS_CLUSTER;
            default -> reads(operation) ? ECS_READ : ECS_SERVICE;
        };
    }

    private static boolean reads(String operation) {
        return operation.startsWith("Describe") || operation.startsWith("List") || operation.startsWith("Get");
    }
}
