package dev.privateapi.validation;

import static dev.privateapi.validation.SpecValidation.problem;

import dev.privateapi.api.v1alpha1.EndpointService;
import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import java.util.stream.Stream;

/** Referenced endpoints that the stack's VPC can have. */
final class EndpointChecks {

    static Stream<SpecProblem> of(PrivateApiStackSpec spec) {
        var references = spec.vpcEndpoints();
        var early = references.stream()
                .filter(reference -> spec.vpc().id() == null && reference.service() != EndpointService.EXECUTE_API)
                .map(reference -> problem(
                        "spec.vpcEndpoints[" + reference.service().serviceName() + "]",
                        reference.id(),
                        "cannot be in a VPC that is still to be created: remove it, or write vpc.id"));
        var twice = Pair.of(references)
                .filter(pair -> pair.one().service() == pair.other().service())
                .map(pair -> problem(
                        "spec.vpcEndpoints",
                        pair.one().service().serviceName(),
                        "is there twice: write one endpoint for each service"));
        return Stream.concat(early, twice);
    }

    private EndpointChecks() {}
}
