package dev.privateapi.api.v1alpha1;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The field that tells one item of a list from another ({@code x-kubernetes-list-type: map}); the empty key says that the
 * items themselves do (a set). Two writers using server-side apply can then own different items of one list. A list
 * without this annotation belongs to its last writer as a whole.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface ListKey {
    String value() default "";
}
