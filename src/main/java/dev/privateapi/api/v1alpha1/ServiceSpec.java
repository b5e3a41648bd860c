package dev.privateapi.api.v1alpha1;

import java.util.List;

/** The container and how many of it run. {@code cpu} in CPU units (1024 = one vCPU), {@code memory} in MiB. */
public record ServiceSpec(
        String image,
        Integer taskCount,
        Integer cpu,
        Integer memory,
        Integer port,
        CpuArchitecture cpuArchitecture,
        List<EnvVar> env,
        Integer logRetentionDays,
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
