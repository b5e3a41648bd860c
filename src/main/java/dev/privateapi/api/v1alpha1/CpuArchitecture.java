package dev.privateapi.api.v1alpha1;

/** Instruction set of the Fargate tasks, in the words of ECS' {@code runtimePlatform.cpuArchitecture}. */
public enum CpuArchitecture {
    X86_64,
    ARM64
}
