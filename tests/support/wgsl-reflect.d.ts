/** The module file of wgsl_reflect, which carries no types under its own path. */
declare module "wgsl_reflect/wgsl_reflect.module.js" {
  export * from "wgsl_reflect";
}
