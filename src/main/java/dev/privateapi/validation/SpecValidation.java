package dev.privateapi.validation;

import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What can be known to be wrong with a spec without asking AWS. Most of it the API server refuses already, by the CRD's
 * schema; here it guards a spec that was stored under an older schema, or under a CRD that somebody loosened, before it
 * turns into AWS calls that fail one by one. Some of it the schema's language cannot say (variables of sibling paths,
 * numbers of addresses, the size of a task definition).
 *
 * <p>Pure: the same spec has the same problems, in the same order.
 */
public final class SpecValidation {

    /** Every problem of {@code spec}, in the order of its fields; empty for a spec that AWS may be asked for. */
    public static List<SpecProblem> problems(PrivateApiStackSpec spec) {
        var missing = Stream.of(
                        required("spec.region", spec.region()),
                        required("spec.vpc", spec.vpc()),
                        required("spec.service", spec.service()))
                .flatMap(Optional::stream)
                .toList();
        if (!missing.isEmpty()) {
            return missing;
        }
        return Stream.of(
                        region(spec.region()),
                        VpcChecks.of(spec),
                        ServiceChecks.of(spec),
                        RouteChecks.of(spec.api()),
                        DnsChecks.of(spec.dns()),
                        PeerChecks.of(spec),
                        EndpointChecks.of(spec))
                .flatMap(problems -> problems)
                .toList();
    }

    private static Stream<SpecProblem> region(String region) {
        return when(
                !region.matches("[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}"),
                "spec.region",
                region,
                "is not an AWS Region: write its code, such as ap-northeast-1");
    }

    private static Optional<SpecProblem> required(String field, Object value) {
        return value == null
                ? Optional.of(problem(field, "nothing", "is written there, and no stack can do without: write it"))
                : Optional.empty();
    }

    static SpecProblem problem(String field, Object value, String advice) {
        return new SpecProblem(field, String.valueOf(value), advice);
    }

    static Stream<SpecProblem> when(boolean wrong, String field, Object value, String advice) {
        return wrong ? Stream.of(problem(field, value, advice)) : Stream.empty();
    }

    private SpecValidation() {}
}
