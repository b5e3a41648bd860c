package dev.privateapi.app;

import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.graph.View;
import dev.privateapi.layers.apigateway.ApiLayer;
import dev.privateapi.layers.apigateway.Invocation;
import dev.privateapi.model.Problem;
import dev.privateapi.status.Reason;
import dev.privateapi.status.Verdict;
import java.util.function.Function;

/** Asks a stack's API whether it answers, and says what came of it. */
final class Verification {

    private final ApiLayer api;
    private final Function<Throwable, Problem> problems;

    /** @param problems reads the exceptions of AWS' SDK */
    Verification(ApiLayer api, Function<Throwable, Problem> problems) {
        this.api = api;
        this.problems = problems;
    }

    /** Never throws: what cannot be asked now is told, and asked again. */
    Verdict ask(PrivateApiStackSpec spec, View view) {
        try {
            return api.invoke(spec, view).map(Verification::verdict).orElseGet(Verdict.NoSafeRoute::new);
        } catch (RuntimeException e) {
            Problem problem = problems.apply(e);
            return new Verdict.Failed(problem.category().reason(), problem.message());
        }
    }

    private static Verdict verdict(Invocation invocation) {
        if (invocation.answered()) {
            return new Verdict.Answered(invocation.request() + " was answered with " + invocation.status()
                    + " through VPC link, load balancer and task.");
        }
        String where = invocation.cause().isEmpty()
                ? "the container answers with an error of its own: see its log in CloudWatch"
                : "API Gateway did not get through to a healthy task (" + invocation.cause() + "): see ServiceReady, and"
                        + " whether the container listens on spec.service.port";
        return new Verdict.Failed(Reason.NOT_ANSWERING.word(),
                invocation.request() + " ended with " + invocation.status() + "; " + where + ".");
    }
}
