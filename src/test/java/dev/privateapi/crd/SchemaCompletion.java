package dev.privateapi.crd;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.privateapi.api.v1alpha1.ListKey;
import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.api.v1alpha1.PrivateApiStackStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Walks the generated schema beside the records it came from, and adds what the generator leaves out: the kinds of lists,
 * integer formats, defaults of objects, and the standard shape of a condition.
 */
final class SchemaCompletion {

    void complete(JSONSchemaProps root, Class<?> resource) {
        root.setDescription(resource.getAnnotation(JsonClassDescription.class).value());
        root.setRequired(List.of("spec"));
        var spec = root.getProperties().get("spec");
        spec.setDescription("What the stack should be; the operator never writes it.");
        record(spec, PrivateApiStackSpec.class);
        var status = root.getProperties().get("status");
        status.setDescription("What the stack is, as last observed.");
        record(status, PrivateApiStackStatus.class);
        rules(root);
    }

    private void record(JSONSchemaProps schema, Class<?> type) {
        Arrays.stream(type.getDeclaredFields())
                .filter(field -> !Modifier.isStatic(field.getModifiers()))
                .forEach(field -> property(schema.getProperties().get(field.getName()), field));
        rules(schema);
    }

    private void property(JSONSchemaProps schema, Field field) {
        if (schema.getDefault() != null && "object".equals(schema.getType())) {
            // The generator writes a default object with all that Java fills in. Empty, each field's own default applies,
            // and lists, which have none, stay absent.
            schema.setDefault(JsonNodeFactory.instance.objectNode());
        }
        if (field.getType() == Integer.class) {
            schema.setFormat("int32");
        } else if (field.getType() == Long.class) {
            schema.setFormat("int64");
        } else if (field.getType() == List.class) {
            list(schema, field);
        } else if (field.getType().isRecord()) {
            record(schema, field.getType());
        }
        rules(schema);
    }

    private void list(JSONSchemaProps schema, Field field) {
        var item = (Class<?>) ((ParameterizedType) field.getGenericType()).getActualTypeArguments()[0];
        var items = schema.getItems().getSchema();
        var key = field.getAnnotation(ListKey.class);
        if (key == null) {
            schema.setXKubernetesListType("atomic");
        } else if (key.value().isEmpty()) {
            schema.setXKubernetesListType("set");
        } else {
            schema.setXKubernetesListType("map");
            schema.setXKubernetesListMapKeys(List.of(key.value()));
        }
        if (item.isRecord()) {
            record(items, item);
        } else if (item == Condition.class) {
            condition(items);
        }
        if (key != null && !key.value().isEmpty() && !items.getRequired().contains(key.value())) {
            throw new IllegalStateException(field + ": its key " + key.value() + " must be @Required");
        }
    }

    /** As {@code metav1.Condition} is declared in Kubernetes' own API types. */
    private void condition(JSONSchemaProps schema) {
        schema.setRequired(List.of("lastTransitionTime", "message", "reason", "status", "type"));
        var properties = schema.getProperties();
        var time = properties.get("lastTransitionTime");
        time.setFormat("date-time");
        time.setDescription("When status last changed.");
        var message = properties.get("message");
        message.setMaxLength(32768L);
        message.setDescription("What is waited for, or what is wrong, where, and what to do.");
        var reason = properties.get("reason");
        reason.setMinLength(1L);
        reason.setMaxLength(1024L);
        reason.setPattern("^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$");
        reason.setDescription("One CamelCase word of the documented list.");
        var status = properties.get("status");
        status.setEnum(List.of(text("True"), text("False"), text("Unknown")));
        status.setDescription("True, False or Unknown.");
        var type = properties.get("type");
        type.setMaxLength(316L);
        type.setPattern(
                "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$");
        type.setDescription("Name of the condition.");
        var generation = properties.get("observedGeneration");
        generation.setFormat("int64");
        generation.setMinimum(0.0);
        generation.setDescription("Generation of the spec that the condition tells about.");
    }

    /**
     * A record component's rule is on its field and on its accessor, and the generator collects both. The API server asks
     * for a fixed message beside a rule of several lines, so each becomes one line.
     */
    private static void rules(JSONSchemaProps schema) {
        if (schema.getXKubernetesValidations() != null) {
            var rules = new LinkedHashSet<>(schema.getXKubernetesValidations());
            rules.forEach(rule -> rule.setRule(rule.getRule().replace('\n', ' ')));
            schema.setXKubernetesValidations(new ArrayList<>(rules));
        }
    }

    private static JsonNode text(String value) {
        return JsonNodeFactory.instance.textNode(value);
    }
}
