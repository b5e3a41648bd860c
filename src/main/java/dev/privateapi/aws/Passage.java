package dev.privateapi.aws;

import dev.privateapi.model.Problem.Category;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;

/** What every call of one service goes through: the gate, the metrics, and a note on a failure that says which call it was. */
final class Passage implements ExecutionInterceptor {

    private static final ExecutionAttribute<Timer.Sample> SAMPLE = new ExecutionAttribute<>("privateapi.sample");
    /** API Gateway's actions are HTTP's methods. */
    private static final Map<String, String> API_GATEWAY_VERBS = Map.of(
            "Create", "POST", "Test", "POST", "Put", "PUT", "Tag", "PUT", "Update", "PATCH", "Delete", "DELETE", "Untag", "DELETE");

    private final String service;
    private final String account;
    private final Gate gate;
    private final MeterRegistry metrics;

    /**
     * @param service IAM's prefix, such as {@code ec2}
     * @param account empty for the operator's own
     */
    Passage(String service, String account, Gate gate, MeterRegistry metrics) {
        this.service = service;
        this.account = account;
        this.gate = gate;
        this.metrics = metrics;
    }

    /** Here, and not later, because time in the queue must not count against the call's time-out. */
    @Override
    public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
        Timer.Sample queued = Timer.start(metrics);
        try {
            gate.pass(classes(attributes), () -> call(attributes).operation());
        } finally {
            queued.stop(metrics.timer("privateapi.aws.gate.wait", "service", service));
        }
        attributes.putAttribute(SAMPLE, Timer.start(metrics));
    }

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
        gate.accepted(classes(attributes));
        count("ok", attributes);
    }

    @Override
    public Throwable modifyException(Context.FailedExecution context, ExecutionAttributes attributes) {
        Throwable failure = context.exception();
        if (Call.of(failure).isEmpty()) {
            failure.addSuppressed(call(attributes));
        }
        return failure;
    }

    @Override
    public void onExecutionFailure(Context.FailedExecution context, ExecutionAttributes attributes) {
        Category category = AwsErrors.problem(context.exception()).category();
        if (category == Category.THROTTLED) {
            gate.throttled(classes(attributes));
        }
        count(category.name().toLowerCase(Locale.ROOT), attributes);
    }

    private void count(String outcome, ExecutionAttributes attributes) {
        Timer.Sample sample = attributes.getAttribute(SAMPLE);
        if (sample != null) {
            sample.stop(metrics.timer("privateapi.aws.calls",
                    "service", service, "operation", operation(attributes), "outcome", outcome));
        }
    }

    private List<ApiClass> classes(ExecutionAttributes attributes) {
        return ApiClass.of(service, operation(attributes));
    }

    private Call call(ExecutionAttributes attributes) {
        return new Call(operation(attributes), action(operation(attributes)), account);
    }

    private static String operation(ExecutionAttributes attributes) {
        return attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
    }

    private String action(String operation) {
        if (!service.equals("apigateway")) {
            return service + ":" + operation;
        }
        String verb = API_GATEWAY_VERBS.entrySet().stream().filter(entry -> operation.startsWith(entry.getKey()))
                .map(Map.Entry::getValue).findFirst().orElse("GET");
        return service + ":" + verb;
    }
}
