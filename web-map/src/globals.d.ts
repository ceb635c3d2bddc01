// SPDX-License-Identifier: Apache-2.0
interface Window {
  /** True once the map has drawn everything, or the plan is shown in words alone. */
  __goldenhour_ready?: boolean;
  /** For tests and for the curious at the console. */
  __goldenhour?: {
    mgrs: (lon: number, lat: number) => string;
    rtl: () => string;
    map: unknown;
  };
}

declare module "rtl-text-code?raw" {
  const code: string;
  export default code;
}
