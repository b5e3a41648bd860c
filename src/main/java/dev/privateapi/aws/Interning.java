package dev.privateapi.aws;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.utils.builder.ToCopyableBuilder;

/**
 * Lets answers share the strings in which they say the same. The tags of a thousand stacks' objects are the same few words
 * thousands of times, and each listing says again what the last one said: while a thousand were made, that was most of the heap.
 */
final class Interning implements ExecutionInterceptor {

    /** So many strings at most, the latest of those that fall together: what is seen once only must not pile up. */
    private static final int REMEMBERED = 1 << 17;

    /** Written by many threads without a lock: which of two equal strings stays does not matter. */
    private final String[] remembered = new String[REMEMBERED];

    @Override
    public SdkResponse modifyResponse(Context.ModifyResponse context, ExecutionAttributes attributes) {
        return shared(context.response());
    }

    private <P extends SdkPojo> P shared(P object) {
        if (!(object instanceof ToCopyableBuilder<?, ?> copyable)) {
            return object;
        }
        var builder = copyable.toBuilder();
        for (SdkField<?> field : object.sdkFields()) {
            Object value = field.getValueOrDefault(object);
            Object shared = shared(value);
            if (shared != value) {
                field.set(builder, shared);
            }
        }
        @SuppressWarnings("unchecked") // a copy is of the same class
        P copy = (P) builder.build();
        return copy;
    }

    private Object shared(Object value) {
        return switch (value) {
            case String string -> once(string);
            case SdkPojo object -> shared(object);
            case List<?> list when !list.isEmpty() -> list.stream().map(this::shared).toList();
            case Map<?, ?> map when !map.isEmpty() -> shared(map);
            case null, default -> value;
        };
    }

    private Map<Object, Object> shared(Map<?, ?> map) {
        Map<Object, Object> shared = new HashMap<>();
        map.forEach((key, value) -> shared.put(shared(key), shared(value))); // API Gateway has keys without a value
        return shared;
    }

    private String once(String string) {
        int hash = string.hashCode();
        int place = (hash ^ hash >>> 16) & REMEMBERED - 1;
        String known = remembered[place];
        if (string.equals(known)) {
            return known;
        }
        remembered[place] = string;
        return string;
    }
}
