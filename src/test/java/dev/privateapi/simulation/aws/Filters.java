package dev.privateapi.simulation.aws;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.ec2.model.Filter;

/**
 * The filters of one of EC2's Describe operations; those by tag come by themselves.
 *
 * @param values what a filter looks at, by its name
 */
record Filters<T>(Map<String, Function<T, Stream<String>>> values) {

    boolean pass(List<Filter> filters, Thing.Seen<T> seen) {
        return filters.stream().allMatch(filter -> values(filter.name(), seen).anyMatch(filter.values()::contains));
    }

    private Stream<String> values(String name, Thing.Seen<T> seen) {
        if (name.equals("tag-key")) {
            return seen.tags().keySet().stream();
        } else if (name.startsWith("tag:")) {
            return Stream.ofNullable(seen.tags().get(name.substring(4)));
        } else if (!values.containsKey(name)) {
            throw unknown(name);
        }
        return values.get(name).apply(seen.state());
    }

    private static AwsServiceException unknown(String name) {
        return Ec2Model.ERRORS.refuse("InvalidParameterValue", 400, "The filter '" + name + "' is invalid");
    }
}
