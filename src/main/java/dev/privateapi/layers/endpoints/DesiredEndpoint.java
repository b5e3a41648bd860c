package dev.privateapi.layers.endpoints;

import dev.privateapi.layers.Ec2;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import java.util.List;
import java.util.Set;

/** A VPC endpoint that the stack wants. Its policy is the one that AWS gives: full access. */
sealed interface DesiredEndpoint {

    /** The last part of the service's name, as in {@code ecr.api}. */
    String service();

    /** A network interface in each subnet, let in by security groups. */
    record Interface(
            String service, List<ResourceKey> subnets, List<ResourceKey> securityGroups, boolean privateDnsEnabled)
            implements DesiredEndpoint {}

    /**
     * A route in route tables.
     *
     * @param tables what tells them: the stack's own table, and each existing subnet
     */
    record Gateway(String service, List<ResourceKey> tables) implements DesiredEndpoint {

        Set<String> routeTables(Refs refs) {
            return Ec2.routeTables(tables, refs);
        }
    }

    /** As in {@code com.amazonaws.ap-northeast-1.ecr.api}; the partitions of AWS differ in what stands before. */
    static String serviceName(ResourceKey key, String region) {
        return "amazonaws." + region + "." + key.name().substring(key.name().indexOf('/') + 1);
    }
}
