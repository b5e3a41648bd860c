package dev.privateapi.crd;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** {@code kubectl get} shows columns in the CRD's order; the generator sorts them by path. */
final class PrinterColumns {

    static List<CustomResourceColumnDefinition> inDeclaredOrder(
            Class<?> resource, CustomResourceDefinitionVersion version) {
        var names = Arrays.stream(resource.getAnnotationsByType(AdditionalPrinterColumn.class))
                .map(AdditionalPrinterColumn::name)
                .toList();
        return version.getAdditionalPrinterColumns().stream()
                .sorted(Comparator.comparingInt(column -> names.indexOf(column.getName())))
                .toList();
    }

    private PrinterColumns() {}
}
