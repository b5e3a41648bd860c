package dev.privateapi.validation;

import static dev.privateapi.validation.SpecValidation.problem;
import static dev.privateapi.validation.SpecValidation.when;

import dev.privateapi.api.v1alpha1.EnvVar;
import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.api.v1alpha1.ServiceSpec;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The container: an image that a closed VPC can pull, a size that Fargate has, a definition that ECS takes. */
final class ServiceChecks {

    private static final Pattern ECR_IMAGE = Pattern.compile(
            "\\d{12}\\.dkr\\.ecr\\.([a-z0-9-]+)\\.amazonaws\\.com(\\.cn)?"
                    + "/([a-z0-9]+([._-]+[a-z0-9]+)*/)*[a-z0-9]+([._-]+[a-z0-9]+)*"
                    + "(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|@sha256:[0-9a-f]{64})?");

    /** The days that PutRetentionPolicy takes (Amazon CloudWatch Logs API Reference). */
    private static final Set<Integer> RETENTION = Set.of(
            1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653);

    /**
     * A task definition ends at 64 KiB (Amazon ECS Developer Guide, "Service quotas"); the rest of ours, names and
     * ARNs, stays below 4.
     */
    private static final int ENVIRONMENT_BYTES = 60 * 1024;

    /** {"name":"","value":""}, */
    private static final int BYTES_AROUND_A_VARIABLE = 23;

    static Stream<SpecProblem> of(PrivateApiStackSpec spec) {
        var service = spec.service();
        return Stream.of(
                        image(service.image(), spec.region()),
                        when(
                                !isFargateSize(service),
                                "spec.service.memory",
                                service.memory(),
                                "MiB with cpu " + service.cpu() + " is not a Fargate size: with cpu 256 write memory 512, "
                                        + "1024 or 2048; with more, two to eight times the cpu"),
                        when(
                                service.port() < 1 || service.port() > 65535,
                                "spec.service.port",
                                service.port(),
                                "is no TCP port: write 1 to 65535"),
                        when(
                                service.taskCount() < 0,
                                "spec.service.taskCount",
                                service.taskCount(),
                                "is no number of tasks: write 0 or more"),
                        when(
                                !RETENTION.contains(service.logRetentionDays()),
                                "spec.service.logRetentionDays",
                                service.logRetentionDays(),
                                "days are not a retention of CloudWatch Logs: write 1, 3, 5, 7, 14, 30, 60, 90, "
                                        + "180 or 365"),
                        environment(service))
                .flatMap(problems -> problems);
    }

    private static Stream<SpecProblem> image(String image, String region) {
        var form = ECR_IMAGE.matcher(image == null ? "" : image);
        if (!form.matches()) {
            return Stream.of(problem(
                    "spec.service.image",
                    image,
                    "is not in ECR, and a closed VPC can pull from nowhere else: write <account>.dkr.ecr."
                            + region + ".amazonaws.com/<repository>:<tag>"));
        }
        return when(
                !form.group(1).equals(region),
                "spec.service.image",
                image,
                "is in another Region, and the endpoints of a closed VPC lead only to ECR of their own: write an "
                        + "image in " + region);
    }

    /** Amazon ECS Developer Guide, "Fargate task CPU and memory", Linux. */
    private static boolean isFargateSize(ServiceSpec service) {
        int memory = service.memory();
        return switch (service.cpu()) {
            case 256 -> memory == 512 || memory == 1024 || memory == 2048;
            case 512 -> inSteps(memory, 1024, 4096, 1024);
            case 1024 -> inSteps(memory, 2048, 8192, 1024);
            case 2048 -> inSteps(memory, 4096, 16384, 1024);
            case 4096 -> inSteps(memory, 8192, 30720, 1024);
            case 8192 -> inSteps(memory, 16384, 61440, 4096);
            case 16384 -> inSteps(memory, 32768, 122880, 8192);
            default -> false;
        };
    }

    private static boolean inSteps(int memory, int least, int most, int step) {
        return memory >= least && memory <= most && memory % step == 0;
    }

    private static Stream<SpecProblem> environment(ServiceSpec service) {
        var names = service.env().stream()
                .map(EnvVar::name)
                .filter(name -> !name.matches("[A-Za-z_.-][A-Za-z0-9_.-]*"))
                .map(name -> problem(
                        "spec.service.env",
                        name,
                        "is not the name of a variable: use letters, digits, _, . and -, not a digit first"));
        var twice = Pair.of(service.env())
                .filter(pair -> pair.one().name().equals(pair.other().name()))
                .map(pair -> problem("spec.service.env", pair.one().name(), "is there twice: write it once"));
        var bytes = service.env().stream().mapToInt(ServiceChecks::bytes).sum();
        var size = when(
                bytes > ENVIRONMENT_BYTES,
                "spec.service.env",
                bytes,
                "bytes of variables do not fit into a task definition, which ends at 64 KiB: let the container "
                        + "fetch large values itself");
        return Stream.of(names, twice, size).flatMap(problems -> problems);
    }

    private static int bytes(EnvVar variable) {
        return (variable.name() + variable.value()).getBytes(StandardCharsets.UTF_8).length + BYTES_AROUND_A_VARIABLE;
    }

    private ServiceChecks() {}
}
