/**
 * Connecting a Google account: Google's page opens in a new tab, and this page notices when it is done there.
 */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { ApiError } from "../api/client";
import { connectGoogle, google } from "../api/google";
import { signInAddress } from "./addresses";

const POLL_MS = 2_000;
/** A person who takes longer comes back to this page, which is noticed too. */
const LONGEST_MS = 10 * 60_000;

export interface Connecting {
  /** Whether the person is at Google. */
  isWaiting: boolean;
  /** Google's page, to be opened by hand: the browser may have kept it from opening. */
  address: string | null;
  problem: string | null;
  connect: () => void;
  stop: () => void;
}

/** `isNeeded`: whether the account still has to be connected. Waiting ends when it hasn't. */
export function useConnecting(isNeeded: boolean): Connecting {
  const [isWaiting, setWaiting] = useState(false);
  const [address, setAddress] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  if (isWaiting && !isNeeded) setWaiting(false);
  useQuery({
    ...google,
    enabled: isWaiting,
    refetchInterval: isWaiting ? POLL_MS : false,
    refetchIntervalInBackground: true,
    refetchOnWindowFocus: "always",
  });
  useEffect(() => {
    if (!isWaiting) return undefined;
    const timer = setTimeout(() => setWaiting(false), LONGEST_MS);
    return () => clearTimeout(timer);
  }, [isWaiting]);

  const connect = async () => {
    setProblem(null);
    setAddress(null);
    // Opened at once: after the answer a browser would block it as one that the person didn't ask for.
    const tab = window.open("about:blank", "_blank");
    if (tab) tab.opener = null;
    try {
      const url = signInAddress(await connectGoogle());
      if (url === null) {
        throw new ApiError("The address isn’t one of Google’s, so it wasn’t opened.", "x", null);
      }
      tab?.location.replace(url);
      setAddress(url);
      setWaiting(true);
    } catch (error) {
      tab?.close();
      if (!(error instanceof ApiError)) throw error;
      setProblem(error.message);
    }
  };
  return {
    isWaiting,
    address,
    problem,
    connect: () => void connect(),
    stop: () => setWaiting(false),
  };
}
