/** Annotations of our Deployments, from which every window learns what it needs to know. */
export const componentIdAnnotation = 'serve-bento.dev/component-id';
/** The time that pods get to stop. */
export const graceAnnotation = 'serve-bento.dev/stop-grace-seconds';
/** The address on the user's machine at which a server is to be reached. */
export const addressAnnotation = 'serve-bento.dev/address';
/** Present if the pods are started with the debugger. */
export const debugAnnotation = 'serve-bento.dev/debug';
/** Annotates pods with the version of their Secrets, so that a change replaces them. */
export const secretsAnnotation = 'serve-bento.dev/secrets';
