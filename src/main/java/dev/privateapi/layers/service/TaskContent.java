package dev.privateapi.layers.service;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ecs.model.ContainerDefinition;
import software.amazon.awssdk.services.ecs.model.KeyValuePair;
import software.amazon.awssdk.services.ecs.model.LogConfiguration;
import software.amazon.awssdk.services.ecs.model.PortMapping;
import software.amazon.awssdk.services.ecs.model.RuntimePlatform;
import software.amazon.awssdk.services.ecs.model.Secret;
import software.amazon.awssdk.services.ecs.model.TaskDefinition;

/**
 * What a task definition says, property by property, blind to the order of sets. It reads the properties that a stack writes
 * and those by which a container would run as something else. Comparing everything that ECS shows would take each default
 * that ECS fills in, or will fill in one day, for a difference, and a revision would follow a revision for ever.
 */
final class TaskContent {

    private static final String ENVIRONMENT = "environment";
    private static final String EXECUTION_ROLE = "executionRoleArn";
    private static final String TASK_ROLE = "taskRoleArn";
    private static final String LOG = "logConfiguration";
    private static final Set<String> NAMES = Set.of(EXECUTION_ROLE, TASK_ROLE, LOG);
    /** A message is read by people. */
    private static final int SHOWN = 5;

    private TaskContent() {}

    static List<Difference> differences(TaskDefinition wanted, TaskDefinition have) {
        Map<String, Object> is = of(have);
        List<Difference> differences = new ArrayList<>();
        of(wanted).forEach((property, want) -> {
            if (!want.equals(is.get(property))) {
                differences.add(property.equals(ENVIRONMENT)
                        ? environment(is.get(property), want)
                        : new Difference(property, is.get(property), want));
            }
        });
        return differences;
    }

    /** Tells the names only: values may be long, and are nobody's business but the container's. */
    private static Difference environment(Object have, Object want) {
        Map<?, ?> is = have instanceof Map<?, ?> map ? map : Map.of();
        Map<?, ?> should = (Map<?, ?>) want;
        Set<Object> names = Stream.concat(is.keySet().stream(), should.keySet().stream())
                .filter(name -> !Objects.equals(is.get(name), should.get(name)))
                .collect(Collectors.toCollection(TreeSet::new));
        String some = names.stream().limit(SHOWN).map(String::valueOf).collect(Collectors.joining(", "));
        return new Difference(ENVIRONMENT, "other " + some + (names.size() > SHOWN ? ", …" : ""), "as in the spec");
    }

    /** The same for two revisions that say the same, whatever the roles and the log group are called. */
    static String digest(TaskDefinition definition) {
        Map<String, Object> says = of(definition);
        says.keySet().removeAll(NAMES);
        return UUID.nameUUIDFromBytes(says.toString().getBytes(StandardCharsets.UTF_8)).toString();
    }

    private static Map<String, Object> of(TaskDefinition definition) {
        Map<String, Object> says = new LinkedHashMap<>();
        says.put("containerDefinitions", set(definition.containerDefinitions(), ContainerDefinition::name));
        definition.containerDefinitions().stream()
                .filter(container -> ServiceLayer.CONTAINER.equals(container.name()))
                .findFirst()
                .ifPresent(container -> says.putAll(of(container)));
        says.put("cpu", text(definition.cpu()));
        says.put("memory", text(definition.memory()));
        says.put("runtimePlatform", platform(definition.runtimePlatform()));
        says.put(EXECUTION_ROLE, role(definition.executionRoleArn()));
        says.put(TASK_ROLE, role(definition.taskRoleArn()));
        says.put("networkMode", text(definition.networkModeAsString()));
        says.put("requiresCompatibilities", set(definition.requiresCompatibilitiesAsStrings(), Function.identity()));
        says.put("volumes", definition.volumes());
        return says;
    }

    private static Map<String, Object> of(ContainerDefinition container) {
        Map<String, Object> says = new LinkedHashMap<>();
        says.put("image", text(container.image()));
        says.put("portMappings", set(container.portMappings(), TaskContent::port));
        says.put(ENVIRONMENT, container.environment().stream()
                .collect(Collectors.toMap(KeyValuePair::name, it -> text(it.value()), (one, other) -> other, TreeMap::new)));
        says.put("secrets", set(container.secrets(), Secret::name));
        says.put("environmentFiles", container.environmentFiles());
        says.put("command", container.command());
        says.put("entryPoint", container.entryPoint());
        says.put("essential", !Boolean.FALSE.equals(container.essential()));
        says.put(LOG, log(container.logConfiguration()));
        return says;
    }

    private static String port(PortMapping mapping) {
        return mapping.containerPort() + "/" + (mapping.protocol() == null ? "tcp" : mapping.protocolAsString());
    }

    private static String platform(RuntimePlatform platform) {
        return platform == null ? "" : platform.operatingSystemFamilyAsString() + "/" + platform.cpuArchitectureAsString();
    }

    private static String log(LogConfiguration log) {
        return log == null ? "" : log.logDriverAsString() + new TreeMap<>(log.options());
    }

    /** Path and name: a role is always one of the task's own account. */
    private static String role(String arn) {
        return arn == null ? "" : arn.replaceFirst("^arn:.*:role(?=/)", "");
    }

    private static <T> Set<String> set(Collection<T> all, Function<T, String> name) {
        return all.stream().map(name).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String text(String value) {
        return value == null ? "" : value;
    }
}
