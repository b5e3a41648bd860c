package dev.privateapi.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import java.util.List;

/**
 * The container and how many of it run. {@code cpu} in CPU units (1024 = one vCPU), {@code memory} in MiB; the pairs are
 * Fargate's for Linux (Amazon ECS Developer Guide, "Fargate task CPU and memory").
 */
@ValidationRule(
        value =
                """
                self.cpu == 256 ? self.memory in [512, 1024, 2048]
                : self.cpu == 512 ? self.memory >= 1024 && self.memory <= 4096 && self.memory % 1024 == 0
                : self.cpu == 1024 ? self.memory >= 2048 && self.memory <= 8192 && self.memory % 1024 == 0
                : self.cpu == 2048 ? self.memory >= 4096 && self.memory <= 16384 && self.memory % 1024 == 0
                : self.cpu == 4096 ? self.memory >= 8192 && self.memory <= 30720 && self.memory % 1024 == 0
                : self.cpu == 8192 ? self.memory >= 16384 && self.memory <= 61440 && self.memory % 4096 == 0
                : self.cpu == 16384 && self.memory >= 32768 && self.memory <= 122880 && self.memory % 8192 == 0""",
        fieldPath = ".memory",
        messageExpression =
                """
                'not a Fargate size: '
                + (self.cpu == 256 ? 'with cpu 256 write memory 512, 1024 or 2048'
                : self.cpu == 512 ? 'with cpu 512 write memory 1024 to 4096 in steps of 1024'
                : self.cpu == 1024 ? 'with cpu 1024 write memory 2048 to 8192 in steps of 1024'
                : self.cpu == 2048 ? 'with cpu 2048 write memory 4096 to 16384 in steps of 1024'
                : self.cpu == 4096 ? 'with cpu 4096 write memory 8192 to 30720 in steps of 1024'
                : self.cpu == 8192 ? 'with cpu 8192 write memory 16384 to 61440 in steps of 4096'
                : self.cpu == 16384 ? 'with cpu 16384 write memory 32768 to 122880 in steps of 8192'
                : 'write cpu 256, 512, 1024, 2048, 4096, 8192 or 16384')""")
public record ServiceSpec(
        @JsonPropertyDescription(
                "Container image, in ECR of the stack's Region: a closed VPC reaches no other registry.")
        @Required
        @Size(max = 512)
        @ValidationRule(
                value =
                        """
                        self.matches('^[0-9]{12}[.]dkr[.]ecr[.][a-z0-9-]+[.]amazonaws[.]com([.]cn)?/([a-z0-9]+([._-]+[a-z0-9]+)*/)*[a-z0-9]+([._-]+[a-z0-9]+)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|@sha256:[0-9a-f]{64})?$')""",
                messageExpression =
                        """
                        "'" + self + "' "
                        + (self.contains('.dkr.ecr.') ? 'is not a well-formed image of ECR'
                        : 'is not in ECR, and a closed VPC can pull from nowhere else (public.ecr.aws, Docker Hub and others are on the internet): push it to a repository of your own')
                        + '; write <account>.dkr.ecr.<region>.amazonaws.com/<repository>:<tag>, or @sha256:<digest> instead of the tag'""")
        String image,

        @JsonPropertyDescription("How many tasks run; kubectl scale sets it.")
        @SpecReplicas
        @Default("2")
        @Min(0)
        @Max(1000)
        Integer taskCount,

        @JsonPropertyDescription("CPU units of a task, 1024 for one vCPU: 256 to 16384, a Fargate pair with memory.")
        @Default("256")
        @Min(256)
        @Max(16384)
        Integer cpu,

        @JsonPropertyDescription("Memory of a task in MiB: 512 to 122880, a Fargate pair with cpu.")
        @Default("512")
        @Min(512)
        @Max(122880)
        Integer memory,

        @JsonPropertyDescription("TCP port that the container listens on.")
        @Default("80")
        @Min(1)
        @Max(65535)
        Integer port,

        @JsonPropertyDescription("Instruction set that the image is built for.")
        @Default("X86_64")
        CpuArchitecture cpuArchitecture,

        @JsonPropertyDescription("Environment of the container; not for secrets.")
        @Size(max = 100)
        @ListKey("name")
        List<EnvVar> env,

        @JsonPropertyDescription("Days that CloudWatch keeps the container's log.")
        @Default("30")
        @ValidationRule(
                value =
                        "self in [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]",
                message =
                        "CloudWatch Logs does not keep logs that long: write 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days")
        Integer logRetentionDays,

        @JsonPropertyDescription("CloudWatch Container Insights for the cluster; its metrics cost extra.")
        @Default("false")
        Boolean containerInsights) {

    public ServiceSpec {
        taskCount = taskCount == null ? 2 : taskCount;
        cpu = cpu == null ? 256 : cpu;
        memory = memory == null ? 512 : memory;
        port = port == null ? 80 : port;
        cpuArchitecture = cpuArchitecture == null ? CpuArchitecture.X86_64 : cpuArchitecture;
        env = env == null ? List.of() : List.copyOf(env);
        logRetentionDays = logRetentionDays == null ? 30 : logRetentionDays;
        containerInsights = containerInsights != null && containerInsights;
    }
}
