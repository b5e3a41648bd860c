package dev.privateapi;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.LayerDefinition;
import dev.privateapi.layers.SecurityGroups;
import java.util.stream.Stream;

/**
 * Who may know whom. What decides (model, graph, validation) knows neither AWS nor Kubernetes, so that it can be tested
 * without either; the layers do not know each other, so that one can be read, changed and removed alone.
 */
@AnalyzeClasses(packages = "dev.privateapi", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String JAVA = "java..";
    private static final String KUBERNETES = "io.fabric8..";
    private static final String JOSDK = "io.javaoperatorsdk..";
    private static final String AWS_SDK = "software.amazon.awssdk..";
    private static final String CACHE = "com.github.benmanes.caffeine..";
    private static final String METRICS = "io.micrometer..";
    private static final String LOG = "org.slf4j..";

    @ArchTest
    static final ArchRule api = room("api").mayKnow(JAVA, KUBERNETES, "com.fasterxml.jackson..");

    @ArchTest
    static final ArchRule validation = room("validation").mayKnow(JAVA, room("api").all);

    @ArchTest
    static final ArchRule model = room("model").mayKnow(JAVA);

    @ArchTest
    static final ArchRule graph = room("graph").mayKnow(JAVA, room("model").all);

    @ArchTest
    static final ArchRule ownership = room("ownership").mayKnow(JAVA, room("model").all);

    @ArchTest
    static final ArchRule aws = room("aws")
            .mayKnow(JAVA, AWS_SDK, CACHE, METRICS, "io.github.bucket4j..", room("model").all);

    @ArchTest
    static final ArchRule push = room("push")
            .mayKnow(JAVA, AWS_SDK, METRICS, LOG, "com.fasterxml.jackson..", room("aws").all, room("model").all);

    /** Only what all layers share: the engine runs any layers, and learns which from {@code app}. */
    @ArchTest
    static final ArchRule engine = room("engine")
            .mayKnow(JAVA, room("model").all, room("graph").all, room("ownership").all, "dev.privateapi.layers");

    @ArchTest
    static final ArchRule layers = room("layers")
            .mayKnow(JAVA, AWS_SDK, "com.fasterxml.jackson..", room("api").all, room("model").all, room("graph").all,
                    room("ownership").all, room("aws").all, room("layers").all);

    @ArchTest
    static final ArchRule layersDoNotKnowEachOther = slices()
            .matching("dev.privateapi.layers.(*)..")
            .namingSlices("layer $1")
            .should().notDependOnEachOther()
            .because("what several layers need is in dev.privateapi.layers itself, and names meet in Keys");

    @ArchTest
    static final ArchRule whatLayersShareKnowsNoLayer = noClasses()
            .that().resideInAPackage("dev.privateapi.layers")
            .should().dependOnClassesThat().resideInAPackage("dev.privateapi.layers.*..");

    /** Of the layers it knows the resources' names and nothing else: it tells what was seen, however that was read. */
    @ArchTest
    static final ArchRule status = classes()
            .that().resideInAPackage(room("status").all)
            .should().onlyDependOnClassesThat(resideInAnyPackage(JAVA, KUBERNETES, CACHE, LOG,
                    room("api").all, room("model").all, room("graph").all, room("status").all)
                    .or(describe("are the resources' names", belongToAnyOf(Keys.class)::test)));

    @ArchTest
    static final ArchRule controller = room("controller")
            .mayKnow(JAVA, KUBERNETES, JOSDK, CACHE, METRICS, LOG, room("api").all, room("validation").all,
                    room("model").all, room("graph").all, room("ownership").all, room("engine").all, room("status").all);

    @ArchTest
    static final ArchRule onlyControllerAndAppKnowJosdk = noClasses()
            .that().resideOutsideOfPackages(room("controller").all, room("app").all)
            .should().dependOnClassesThat().resideInAPackage(JOSDK);

    @ArchTest
    static final ArchRule nobodyKnowsApp = noClasses()
            .that().resideOutsideOfPackage(room("app").all)
            .should().dependOnClassesThat().resideInAPackage(room("app").all);

    @ArchTest
    static final ArchRule noCycles = slices().matching("dev.privateapi.(*)..").should().beFreeOfCycles();

    /** A layer is used through its definition; its drivers are its own business. Security groups are of all layers. */
    @ArchTest
    static final ArchRule driversArePackagePrivate = classes()
            .that().implement(Driver.class).and().doNotBelongToAnyOf(SecurityGroups.class)
            .should().bePackagePrivate();

    @ArchTest
    static final ArchRule layersAreDefined = classes()
            .that().implement(LayerDefinition.class)
            .should().bePublic().andShould().haveSimpleNameEndingWith("Layer");

    private static Room room(String name) {
        return new Room("dev.privateapi." + name + "..");
    }

    private record Room(String all) {

        /** @param others packages; a room always knows itself */
        ArchRule mayKnow(String... others) {
            String[] known = Stream.concat(Stream.of(all), Stream.of(others)).toArray(String[]::new);
            return classes().that().resideInAPackage(all).should().onlyDependOnClassesThat().resideInAnyPackage(known);
        }
    }
}
