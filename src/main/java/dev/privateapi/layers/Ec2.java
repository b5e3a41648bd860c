package dev.privateapi.layers;

import dev.privateapi.aws.Aws;
import dev.privateapi.aws.Batch;
import dev.privateapi.aws.Query;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Ownership;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.AttributeBooleanValue;
import software.amazon.awssdk.services.ec2.model.DescribeVpcAttributeResponse;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.RouteTable;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.ec2.model.VpcAttributeName;

/** What all kinds of EC2 objects have in common: tags, filters, and the listings that several kinds share. */
public final class Ec2 {

    /**
     * Whatever a stack made, of whichever installation: one listing for the fleet. By the key of the owner tag, which
     * decides, and not by the value of another, or an object that lost that other tag would look as if it were gone and
     * be made again.
     */
    public static final Filter OWNED = filter("tag-key", List.of(Ownership.OWNER_UID));

    /** Objects in one answer: the SDK makes a tree of all of it before it makes objects. */
    public static final int PAGE = 200;

    /** API reference, the filters of the Describe operations: so many values in one request. */
    private static final int FILTER_VALUES = 200;

    private Ec2() {}

    /** @param name as EC2 documents it for each Describe call, such as {@code vpc-id} */
    public static Filter filter(String name, Collection<String> values) {
        return Filter.builder().name(name).values(values).build();
    }

    public static Map<String, String> tags(List<Tag> tags) {
        return tags.stream().collect(Collectors.toMap(Tag::key, Tag::value));
    }

    public static List<Tag> tags(Map<String, String> tags) {
        return tags.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(tag -> Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
                .toList();
    }

    /** The tags of a create call, for the object itself: tags set by a call of their own can come too early or never. */
    public static TagSpecification tagged(ResourceType type, Map<String, String> tags) {
        return TagSpecification.builder().resourceType(type).tags(tags(tags)).build();
    }

    /**
     * @param tags of the object as it was last seen
     * @param with the object with these tags instead
     */
    public static <O> Tagging<O> tagging(
            Aws aws,
            Function<O, String> id,
            Function<O, Map<String, String>> tags,
            BiFunction<O, Map<String, String>, O> with) {
        return new Tagging<>(tags, (object, wanted) -> {
            aws.ec2().createTags(request -> request.resources(id.apply(object)).tags(tags(wanted)));
            Map<String, String> all = new HashMap<>(tags.apply(object));
            all.putAll(wanted);
            return with.apply(object, all);
        });
    }

    /**
     * How a kind is listed.
     *
     * @param operation as in {@code DescribeVpcs}
     * @param idFilter as in {@code vpc-id}
     * @param tags of an object
     * @param describe the operation with one filter, all pages
     */
    public record Listing<O>(
            Kind kind, String operation, String idFilter, Function<O, String> id, Function<O, Map<String, String>> tags,
            Function<Filter, List<O>> describe) {

        /**
         * What this stack may own, and by their ids, without an error for one that does not exist, what it references and
         * what it wrote down and carries no owner tag any more. A second call is made only if there is such an id.
         */
        public List<O> read(Sight sight, Aws aws) {
            return withIds(sight.among(sight.read(aws.reads(), owned()), kind), sight, aws);
        }

        /** The same, and what all other stacks own. */
        public List<O> readAll(Sight sight, Aws aws) {
            return withIds(sight.read(aws.reads(), owned()).all(), sight, aws);
        }

        private Query<Shown<O>> owned() {
            return new Query<>("ec2:" + operation + " owned", () -> Shown.owned(describe.apply(OWNED), id, tags));
        }

        private List<O> withIds(List<O> owned, Sight sight, Aws aws) {
            List<O> all = new ArrayList<>(owned);
            Set<String> listed = all.stream().map(id).collect(Collectors.toSet());
            List<String> ids = Stream.concat(
                            sight.references(kind).stream(), sight.claims().unlisted(kind, listed))
                    .distinct().toList();
            if (!ids.isEmpty()) {
                String name = "ec2:" + operation + " " + idFilter + "=" + String.join(",", ids);
                sight.read(aws.reads(), new Query<>(name, () -> describe.apply(filter(idFilter, ids)))).stream()
                        .filter(object -> !listed.contains(id.apply(object)))
                        .forEach(all::add);
            }
            return all;
        }
    }

    /** Whether a VPC has DNS support, or DNS hostnames. */
    public static boolean has(VpcAttributeName attribute, String vpcId, Sight sight, Aws aws) {
        return sight.detail(aws.reads(), new Query<>("ec2:DescribeVpcAttribute " + vpcId + " " + attribute, () -> {
            DescribeVpcAttributeResponse answer =
                    aws.ec2().describeVpcAttribute(request -> request.vpcId(vpcId).attribute(attribute));
            AttributeBooleanValue value = attribute == VpcAttributeName.ENABLE_DNS_SUPPORT
                    ? answer.enableDnsSupport() : answer.enableDnsHostnames();
            return Boolean.TRUE.equals(value.value());
        }));
    }

    /** @param tables what tells the ids of route tables, such as {@link Keys#routeTables} */
    public static Set<String> routeTables(Collection<ResourceKey> tables, Refs refs) {
        return tables.stream()
                .map(key -> refs.attribute(key, Attribute.ROUTE_TABLE_IDS))
                .flatMap(ids -> Arrays.stream(ids.split(",")))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Every route table that the stack made, as it is now in the VPCs that are seen; elsewhere it may be long ago. */
    public static List<RouteTable> routeTables(Sight sight, Aws aws) {
        Set<String> vpcs = sight.seen(Kind.VPC).stream().map(Live::id).collect(Collectors.toSet());
        Listing<RouteTable> listing = new Listing<>(Kind.ROUTE_TABLE, "DescribeRouteTables", "route-table-id",
                RouteTable::routeTableId, table -> tags(table.tags()), filter -> routeTables(aws, filter));
        Stream<RouteTable> elsewhere = sight.among(sight.settled(aws.reads(), listing.owned()), Kind.ROUTE_TABLE).stream()
                .filter(table -> !vpcs.contains(table.vpcId()));
        Stream<RouteTable> here = vpcs.stream().flatMap(vpc -> routeTablesOf(vpc, sight, aws).stream());
        return listing.withIds(Stream.concat(elsewhere, here).toList(), sight, aws);
    }

    /** Every route table of a VPC, the main one among them. */
    public static List<RouteTable> routeTablesOf(String vpcId, Sight sight, Aws aws) {
        return sight.read(aws.reads(), new Batch<>("ec2:DescribeRouteTables vpc-id", FILTER_VALUES, vpcIds ->
                        routeTables(aws, filter("vpc-id", vpcIds)).stream().collect(Collectors.groupingBy(RouteTable::vpcId))),
                vpcId).orElse(List.of());
    }

    /** The same, asked now. */
    public static List<RouteTable> routeTablesOf(String vpcId, Aws aws) {
        return routeTables(aws, filter("vpc-id", List.of(vpcId)));
    }

    private static List<RouteTable> routeTables(Aws aws, Filter filter) {
        return aws.ec2().describeRouteTablesPaginator(request -> request.filters(filter)).routeTables().stream()
                .toList();
    }
}
