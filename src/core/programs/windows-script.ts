/** Node runs scripts of Windows through a shell, which no quoting makes safe (CVE-2024-27980). */
export const isWindowsScript = (file: string): boolean => /\.(?:bat|cmd)[. ]*$/i.test(file);
